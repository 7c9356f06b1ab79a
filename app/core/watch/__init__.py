"""Seeing inside a running process: what it is at (traces), what it counted (meters), what it says (logs)."""
