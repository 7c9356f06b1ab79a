"""English texts of what stands on an item."""
