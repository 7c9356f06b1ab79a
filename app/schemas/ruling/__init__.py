"""The rules as the API takes and shows them."""
