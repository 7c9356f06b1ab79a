"""Departments, people, posts, passwords and tokens."""
