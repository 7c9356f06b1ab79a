"""Tests of what may come in as a file, and of who may add and remove it."""
