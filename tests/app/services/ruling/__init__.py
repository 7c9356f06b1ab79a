"""Tests of changes of rules."""
