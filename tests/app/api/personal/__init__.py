"""What belongs to the caller."""
