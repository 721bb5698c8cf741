"""Every poll ever seen, with its revisions: SQLite, rebuilt from data/raw at any time."""
