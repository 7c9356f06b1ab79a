"""Tests of what the papers about the city and about one item read."""
