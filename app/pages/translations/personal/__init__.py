"""English of what belongs to one person."""
