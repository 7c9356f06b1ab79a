"""Papers about one item, measured as files."""
