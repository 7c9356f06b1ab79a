"""Tests of what may be lent."""
