"""The documents of special funds as a visitor takes them."""
