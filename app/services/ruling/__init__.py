"""Changes of rules: drafted, previewed, published by a second person; open items moved to the new version."""
