"""Tests of calls for requests."""
