"""Tests of what is offered for many items at once."""
