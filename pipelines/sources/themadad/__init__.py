"""themadad.com's table of all polls, from a page a person saved."""
