"""Endpoints about a project's plan, what changed, lights over time, and the workflows themselves."""
