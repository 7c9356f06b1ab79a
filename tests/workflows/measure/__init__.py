"""Measures of projects."""
