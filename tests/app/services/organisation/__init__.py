"""Departments, people, posts."""
