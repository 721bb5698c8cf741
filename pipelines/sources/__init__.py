"""Where polls come from: a folder a source, none knowing another."""
