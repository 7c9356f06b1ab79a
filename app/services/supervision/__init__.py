"""Supervision in practice: requests, re-assignment, splitting and merging, urging, slips, reports owed."""
