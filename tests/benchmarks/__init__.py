"""Ratios within one run: make bench."""
