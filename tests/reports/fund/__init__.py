"""Documents of special funds, measured as files."""
