"""English texts of the rules."""
