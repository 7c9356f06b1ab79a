"""Plans of reports."""
