"""Meetings that were held elsewhere come in: as a whole or not at all, and a second time nothing changes."""
