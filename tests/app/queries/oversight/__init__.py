"""Tests of what oversight reads."""
