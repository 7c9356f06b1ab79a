"""What comes in and goes out of long work and of calendar feeds."""
