"""Tests of project templates."""
