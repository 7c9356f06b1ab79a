"""Ledgers become items, snapshots and flags."""
