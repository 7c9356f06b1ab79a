"""The report centre and plans of reports as pages."""
