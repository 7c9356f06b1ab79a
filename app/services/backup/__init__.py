"""Backups: every row and file in one archive that both databases read, and how they come back ([docs/backup.md])."""
