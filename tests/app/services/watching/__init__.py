"""Tests of what administrators are told of the installation."""
