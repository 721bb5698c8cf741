"""The one client that asks other hosts: polite, bounded in time and bytes, at public addresses only."""
