"""The page of pollsters."""
