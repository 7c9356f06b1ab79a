"""Supervision in practice."""
