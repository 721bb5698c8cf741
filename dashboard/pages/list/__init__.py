"""The page of one list."""
