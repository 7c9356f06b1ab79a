"""Tests of what a person keeps for themselves."""
