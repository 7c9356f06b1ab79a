"""The list of meetings and the page of one: steps, agenda, decisions, who was there."""
