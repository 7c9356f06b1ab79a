"""The database revisions and what they share."""
