"""What comes in and goes out of what belongs to one person."""
