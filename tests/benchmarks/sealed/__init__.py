"""The sealed log, measured."""
