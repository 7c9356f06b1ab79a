"""Topics: drafted, gathered, ordered, put off."""
