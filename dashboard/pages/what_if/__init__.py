"""The page of what-ifs."""
