"""Tests of the pure model of signatures."""
