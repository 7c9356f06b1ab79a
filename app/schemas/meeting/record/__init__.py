"""Minutes, follow-up and execution as the API takes and shows them."""
