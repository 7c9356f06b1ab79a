"""What people add to an item beside its steps: remarks and notes, copies for information, its place in the archive."""
