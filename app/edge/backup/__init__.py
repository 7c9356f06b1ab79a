"""What backups and restores work with."""
