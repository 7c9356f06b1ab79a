"""Reads what belongs to one person: feeds, long work and their kind."""
