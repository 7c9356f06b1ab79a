"""Pages of what was recorded: minutes, papers, follow-up, execution, decisions to be completed."""
