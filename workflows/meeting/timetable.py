"""When each topic of an agenda begins, computed from the order and the minutes wanted."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

#: For a topic that says nothing about its length.
DEFAULT_MINUTES = 10


def schedule(starts_at: datetime, minutes: Iterable[int | None]) -> tuple[datetime, ...]:
    """Return the planned beginnings of the topics in their order, in minutes after `starts_at`."""
    found, at = [], starts_at
    for wanted in minutes:
        found.append(at)
        at += timedelta(minutes=DEFAULT_MINUTES if wanted is None else wanted)
    return tuple(found)


def total(minutes: Iterable[int | None]) -> int:
    """Return how long an agenda takes, in minutes."""
    return sum(DEFAULT_MINUTES if wanted is None else wanted for wanted in minutes)


def move(order: Sequence[int], item_id: int, place: int) -> tuple[int, ...]:
    """Return `order` with one topic moved to `place` (from 1; beyond the ends: the end); unknown ids change nothing."""
    if item_id not in order:
        return tuple(order)
    rest = [one for one in order if one != item_id]
    rest.insert(max(0, min(place - 1, len(rest))), item_id)
    return tuple(rest)
