"""The leadership group of the made-up city and its meetings, lived day by day through the services."""
