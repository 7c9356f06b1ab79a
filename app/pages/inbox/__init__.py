"""The inbox: what waits for the visitor, acted on without leaving the list, singly or many at once."""
