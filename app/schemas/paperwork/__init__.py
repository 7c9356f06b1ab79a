"""Issued papers as the API takes and shows them."""
