"""Tests of the pure model of meetings."""
