"""Tests of the API of rules."""
