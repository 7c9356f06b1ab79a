"""Tests of a batch's rows."""
