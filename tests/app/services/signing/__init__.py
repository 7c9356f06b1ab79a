"""Tests of signatures on items."""
