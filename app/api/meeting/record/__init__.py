"""Endpoints of what was recorded: minutes, papers, follow-up, execution, life lines."""
