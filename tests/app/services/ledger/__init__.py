"""Imports of ledgers."""
