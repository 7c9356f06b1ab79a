"""Deployment: the bundle, the bill of materials, and the files that an operator puts in place."""
