"""The sweep, the calendar, the upkeep."""
