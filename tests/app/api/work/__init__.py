"""Tests of long work, reports, imports and feeds in the API."""
