"""Rules that the city changes itself: which there are, what they may be, what a table is under changed values."""
