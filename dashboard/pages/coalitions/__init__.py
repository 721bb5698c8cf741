"""The page of coalitions."""
