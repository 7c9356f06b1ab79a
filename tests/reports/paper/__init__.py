"""Tests of what official papers share."""
