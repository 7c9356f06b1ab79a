"""Documents, pure: dataclasses in, bytes out."""
