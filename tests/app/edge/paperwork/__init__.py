"""Tests of issuing, freezing, reading and checking papers."""
