"""Tests of the rows of issued papers."""
