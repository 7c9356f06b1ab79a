"""The sealed log without a database."""
