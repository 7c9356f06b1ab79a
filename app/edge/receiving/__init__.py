"""What comes in with a request before anybody looks at it."""
