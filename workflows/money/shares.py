"""Splits a sum so that the parts add up to the fen: the largest remainder, ties to the earlier part."""

from collections.abc import Sequence


def split_sum(total_fen: int, weights: Sequence[int]) -> list[int]:
    """Return one part a weight, in their order, adding up to `total_fen` exactly.

    Each part is its proportional share rounded down; the fen left over go to the largest remainders, of equal ones to
    the earlier part (100.00 over three equal weights: 33.34, 33.33, 33.33). ValueError when no weight is above zero or
    one is below.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights of zero or more are needed, one above zero")
    if total_fen < 0:
        raise ValueError("a sum below zero is not split")
    parts = [total_fen * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(total_fen * weights[place] % whole), place))
    for place in by_remainder[: total_fen - sum(parts)]:
        parts[place] += 1
    return parts
