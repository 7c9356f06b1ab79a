"""What follows if nothing happens: the next rung of items, with its instant and whom it tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.engine import Connection

from app.models.escalation import Episode, LadderRung
from app.models.item import ItemClock


@dataclass(frozen=True, slots=True)
class Consequence:
    """The next rung: its level, when it is reached, for which cause, which role it tells."""

    level: int
    at: datetime
    cause: str
    to_role: str


def read_consequences(connection: Connection, item_ids: Sequence[int]) -> dict[int, Consequence]:
    """Return the nearest next rung by item, of those at one instant the highest; one statement.

    A rung that is no higher than the one on which the item stands already changes nothing and is left out.
    The items are ones that the caller was shown already.
    """
    rows = connection.execute(
        select(Episode.item_id, Episode.next_level, Episode.next_at, Episode.cause, LadderRung.to_role)
        .join(LadderRung, and_(LadderRung.ladder_id == Episode.ladder_id, LadderRung.level == Episode.next_level))
        .join(ItemClock, ItemClock.item_id == Episode.item_id)
        .where(
            Episode.item_id.in_(tuple(item_ids)),
            Episode.ended_at.is_(None),
            Episode.next_at.is_not(None),
            Episode.next_level > ItemClock.rung,
        )
        .order_by(Episode.next_at.desc(), Episode.next_level)
    )
    # The last one put in is the earliest, and of those at one instant the highest.
    return {
        item_id: Consequence(level, at, cause, to_role)
        for item_id, level, at, cause, to_role in rows
        if level is not None and at is not None
    }
