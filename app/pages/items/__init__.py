"""Pages of items: lists, one item, its steps, what hangs on it."""
