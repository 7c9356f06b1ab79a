"""Endpoints of groups, meetings, topics and decisions."""
