"""Tests of groups, meetings, topics and decisions."""
