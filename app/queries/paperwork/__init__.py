"""Reads issued papers, and what still waits to be frozen."""
