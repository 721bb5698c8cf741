"""The page of the record."""
