"""Reads groups, meetings, topics, decisions and what is written of them, as far as the reader may."""
