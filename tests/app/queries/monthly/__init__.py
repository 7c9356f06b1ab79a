"""What the monthly report tells beyond its projects, as of the end of the month."""
