"""Tests of the log and of the home page's sections."""
