"""Tests of the pages of issued papers."""
