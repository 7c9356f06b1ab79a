"""Tests of for whom items wait."""
