"""What surrounds a refresh: its lock, hour and record, the alerts it tells, status, backup and restore."""
