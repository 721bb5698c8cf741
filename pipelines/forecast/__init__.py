"""From the trend to election day: the error that polls share, and share draws."""
