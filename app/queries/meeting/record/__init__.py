"""Reads what was recorded: minutes and comments, papers, follow-up, execution, life lines."""
