"""Pure functions from edition values to plain figure dictionaries; colours are tokens of `dashboard.theme`."""
