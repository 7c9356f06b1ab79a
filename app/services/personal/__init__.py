"""What a person keeps for themselves: calendar feeds and their kind."""
