"""English texts of the report centre."""
