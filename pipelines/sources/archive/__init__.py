"""The polls that ship with the project: data/raw/polls/archive."""
