"""API: how programs read what the pages show."""
