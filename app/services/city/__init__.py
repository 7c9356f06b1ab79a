"""Writes the figures of the city's overview."""
