"""Papers about the whole city: the department bulletin with its ranking, the year's review."""
