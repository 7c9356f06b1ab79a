"""`flask audit`."""
