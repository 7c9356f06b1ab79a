"""Servers that tests start beside the product: an object store, a standby."""
