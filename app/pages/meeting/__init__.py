"""Pages of groups, meetings, topics and decisions."""
