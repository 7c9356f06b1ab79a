"""Tests of the ground that every layer stands on."""
