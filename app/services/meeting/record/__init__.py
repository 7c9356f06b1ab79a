"""What is recorded of a meeting: notes, decisions, minutes."""
