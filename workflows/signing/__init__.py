"""Signatures as a pure model: the rule in words, the round with its slots, and the moves of signers."""
