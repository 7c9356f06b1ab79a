"""A random play of special funds against a second account of them."""
