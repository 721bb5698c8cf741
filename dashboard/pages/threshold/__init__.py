"""The page of the threshold."""
