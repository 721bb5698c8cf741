"""The trend: what the polls say, smoothed, list by list."""
