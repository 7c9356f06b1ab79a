"""Pages about how one logs in: the second factor, single sign-on, what administrators do for others."""
