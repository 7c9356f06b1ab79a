"""What comes in with a request."""
