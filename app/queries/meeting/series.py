"""Reads series of meetings: those of groups that the caller may read; and for which group one may be founded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError
from app.models.item import Item
from app.models.meeting import Meeting, MeetingSeries
from app.queries.item import is_readable

_GONE = ("没有这个会议系列，或您无权查看。", "There is no such series, or it is not for you to see.")
_MEETING_GROUPS = ("draft", "established", "adjusting")


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series; `planned` counts its meetings that are ahead."""

    id: int
    version: int
    group_id: int
    group_title: str
    name: str
    name_en: str | None
    forum: str
    rule: str
    policy: str
    starts: str
    duration_minutes: int
    place: str | None
    first_month: str
    last_month: str | None
    call_workdays: int
    cutoff_workdays: int
    notice_workdays: int
    planned: int


def _select() -> Any:  # noqa: ANN401  # a statement with many columns
    own = MeetingSeries
    ahead = Item.__table__.alias("ahead")
    count = (
        select(func.count())
        .select_from(Meeting.__table__.join(ahead, ahead.c.id == Meeting.item_id))
        .where(
            Meeting.series_id == own.id,
            ahead.c.state.in_(("planned", "collecting", "agenda_set", "notified", "postponed")),
        )
        .correlate(own)
        .scalar_subquery()
    )
    return select(
        own.id, own.version, own.group_id, Item.title, own.name, own.name_en, own.forum, own.rule, own.policy,
        own.starts, own.duration_minutes, own.place, own.first_month, own.last_month, own.call_workdays,
        own.cutoff_workdays, own.notice_workdays, count,
    ).join(Item, Item.id == own.group_id)  # fmt: skip


def list_series(connection: Connection, readers: Sequence[str], group_id: int | None = None) -> tuple[SeriesRow, ...]:
    """Return the series of groups that `readers` may read, those that have ended last; one statement."""
    statement = _select().where(is_readable(readers, MeetingSeries.group_id))
    if group_id is not None:
        statement = statement.where(MeetingSeries.group_id == group_id)
    rows = connection.execute(statement.order_by(MeetingSeries.last_month.is_not(None), MeetingSeries.id))
    return tuple(SeriesRow(*row) for row in rows)


def find_series(connection: Connection, readers: Sequence[str], series_id: int) -> SeriesRow:
    """Return one series; NotFoundError when there is none or its group may not be read. One statement."""
    row = connection.execute(
        _select().where(MeetingSeries.id == series_id, is_readable(readers, MeetingSeries.group_id))
    ).first()
    if row is None:
        raise NotFoundError(*_GONE)
    return SeriesRow(*row)


def list_groups(connection: Connection, readers: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Return the groups at work that `readers` may read, as id and title; one statement."""
    rows = connection.execute(
        select(Item.id, Item.title)
        .where(Item.kind == "leadership_group", Item.state.in_(_MEETING_GROUPS), is_readable(readers))
        .order_by(Item.id)
    )
    return tuple((row.id, row.title) for row in rows)
