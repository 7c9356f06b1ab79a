"""What lists of items ask for and what they show beside the items' own rows."""
