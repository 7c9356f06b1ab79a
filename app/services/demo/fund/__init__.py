"""The special funds of the demonstration city: their story, read and played."""
