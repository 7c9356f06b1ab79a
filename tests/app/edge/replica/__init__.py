"""Reading from a real streaming standby."""
