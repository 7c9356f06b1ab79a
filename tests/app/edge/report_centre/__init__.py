"""The report centre: what it hands out, and on whose record that is."""
