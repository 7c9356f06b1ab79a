"""Reads for lists, dashboards and reports, a constant number of statements each."""
