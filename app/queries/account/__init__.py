"""Reads how people log in: for themselves and for administrators."""
