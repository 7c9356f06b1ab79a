"""Sealing the log: leaves and heads are written, keys turned over, a seal verified and proven."""
