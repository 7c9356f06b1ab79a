"""Tests of what every answer carries."""
