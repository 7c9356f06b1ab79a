"""Tests of meetings brought in from elsewhere."""
