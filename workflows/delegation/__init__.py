"""Substitution for a period (代理): what may be lent, link by link; where a delegation stands."""
