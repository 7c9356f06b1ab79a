"""The API of issued papers."""
