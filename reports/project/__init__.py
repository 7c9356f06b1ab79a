"""Papers about one item: the report of a project, its acceptance certificate, the ruling on a dispute."""
