"""The commands of backups as somebody at a terminal meets them."""
