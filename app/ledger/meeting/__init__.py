"""Files of meetings that were held elsewhere: JSON lines or tables, read under a mapping of their own."""
