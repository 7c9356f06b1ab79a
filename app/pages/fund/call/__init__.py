"""The pages of calls for requests."""
