"""The polls that ship with the project: data/raw/electorates/<electorate>/polls."""
