"""The sweep, the calendar that moves its instants, and the upkeep around them."""
