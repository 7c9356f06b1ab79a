"""Tests of what is read about special funds."""
