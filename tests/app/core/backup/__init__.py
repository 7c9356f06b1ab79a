"""The file of a backup as bytes."""
