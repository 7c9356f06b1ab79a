"""English texts of issued papers."""
