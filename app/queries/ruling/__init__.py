"""Changes of rules and the versions that came of them, as they are read."""
