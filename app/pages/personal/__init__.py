"""Pages of what belongs to one person: long work, calendar feeds and their kind."""
