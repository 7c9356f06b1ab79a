"""Tests of the rules that can be changed."""
