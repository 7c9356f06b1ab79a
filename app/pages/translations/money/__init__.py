"""English texts of the pages of special funds."""
