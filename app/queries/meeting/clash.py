"""Other meetings that want the same room at the same time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select
from sqlalchemy.engine import Connection

from app.models.item import Item
from app.models.meeting import Meeting
from app.queries.item import is_readable

_MAX = 5
#: Meetings that will take place: what was put off or called off holds no room.
_TAKE_PLACE = ("planned", "collecting", "agenda_set", "notified", "held")


@dataclass(frozen=True, slots=True)
class Clash:
    """Another meeting in the same room within the same time; `title` is None for whoever may not read it."""

    meeting_id: int
    title: str | None
    starts_at: datetime
    ends_at: datetime


def list_clashes(connection: Connection, readers: Sequence[str], meeting_id: int) -> tuple[Clash, ...]:
    """Return the first of them, in order of time: one statement; none for a meeting without a place or put off."""
    own = (
        select(Meeting.place, Meeting.starts_at, Meeting.ends_at)
        .join(Item, Item.id == Meeting.item_id)
        .where(Meeting.item_id == meeting_id, Item.state.in_(_TAKE_PLACE))
        .subquery()
    )
    rows = connection.execute(
        select(
            Meeting.item_id, case((is_readable(readers), Item.title), else_=None), Meeting.starts_at, Meeting.ends_at
        )
        .join(Item, Item.id == Meeting.item_id)
        .join(own, (own.c.place == Meeting.place) & (own.c.starts_at < Meeting.ends_at)
              & (own.c.ends_at > Meeting.starts_at))
        .where(Meeting.item_id != meeting_id, Item.state.in_(_TAKE_PLACE))
        .order_by(Meeting.starts_at, Meeting.item_id)
        .limit(_MAX)
    )  # fmt: skip
    return tuple(Clash(*row) for row in rows)
