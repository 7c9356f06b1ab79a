"""Fills the papers about the city and about one item; only what the reader may read is taken."""
