"""The commands of the data keys."""
