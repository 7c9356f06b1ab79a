"""Tests of the pages of special funds."""
