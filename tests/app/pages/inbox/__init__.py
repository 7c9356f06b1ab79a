"""Tests of the inbox page."""
