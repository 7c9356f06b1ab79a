"""Tests of the API of issued papers."""
