"""What the scheduler runs."""
