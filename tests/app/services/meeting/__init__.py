"""Tests of the services of leadership groups and meetings."""
