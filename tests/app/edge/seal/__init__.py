"""The seal of the log on real databases and files."""
