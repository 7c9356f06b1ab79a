"""English texts of leadership groups and their meetings."""
