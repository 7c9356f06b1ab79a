"""Signatures on an item: rounds as they are stored, who signs, the moves of signers, what they signed."""
