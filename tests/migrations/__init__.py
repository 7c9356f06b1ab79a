"""The revisions, up and down on filled databases."""
