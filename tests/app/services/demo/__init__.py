"""Tests of the demonstration city's parts."""
