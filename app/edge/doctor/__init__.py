"""Looks at the installation, check by check: what is wrong, in one sentence, and what mends it."""
