"""The Central Elections Committee's result files."""
