"""What figures of a project mean: pure measures, defined once."""
