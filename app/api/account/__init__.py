"""How one logs in, over the API: the second factor, and what administrators do for others."""
