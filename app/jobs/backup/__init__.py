"""Backup, restore and move: what is done in which unit of work."""
