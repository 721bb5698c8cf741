"""The desk's own sheet, as CSV."""
