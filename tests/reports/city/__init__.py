"""Papers about the whole city, measured as files."""
