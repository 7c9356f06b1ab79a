"""Tests of the pages of what belongs to one person."""
