"""The page of polls."""
