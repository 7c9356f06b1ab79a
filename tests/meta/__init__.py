"""Checks on the code itself."""
