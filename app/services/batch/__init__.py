"""Rows of a batch of tasks: read from what was given, checked against the city, known again when they come twice."""
