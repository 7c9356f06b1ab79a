"""Tests of the pure rules of special funds."""
