"""How programs call: tokens, limits, repeated requests."""
