"""Tests of asking for long work and forgetting it."""
