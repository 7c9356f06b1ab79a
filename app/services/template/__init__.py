"""Project templates: stored, laid out, made into projects, taken from projects."""
