"""Tests of the endpoints of special funds."""
