"""Special funds as the API takes and shows them."""
