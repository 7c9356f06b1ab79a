"""Tests of what pages, API and commands share about meetings."""
