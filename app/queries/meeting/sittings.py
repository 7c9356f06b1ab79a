"""Lists of meetings: those ahead, nearest first; those of a year, the last first; page by page, without totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item
from app.models.meeting import Meeting
from app.models.topic import AgendaItem, Decision
from app.queries.cursor import broken, read_cursor, write_cursor
from app.queries.item import is_readable

LIMIT_MAX = 200
#: Meetings that are over or called off.
PAST = ("minutes_draft", "minutes_cosign", "issued", "closed", "cancelled")
_AHEAD, _PAST = "meeting", "-meeting"
_Group = aliased(Item, name="group_item")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SittingRow:
    """A meeting as a list shows it; `topics` and `decisions` count what the reader may read."""

    id: int
    title: str
    state: str
    workflow_version: int
    version: int
    confidential: bool
    group_id: int | None
    group_title: str | None
    series_id: int | None
    month: str | None
    forum: str
    ordinal: int | None
    planned_on: date
    starts_at: datetime
    ends_at: datetime
    place: str | None
    cutoff_on: date | None
    minutes_number: str | None
    topics: int
    decisions: int


@dataclass(frozen=True, slots=True)
class SittingFilter:
    """What a list shows; None or empty does not restrict. `is_past`: over or called off; False: what is ahead or held.

    `from_on` and `until_on` bound the day, both included.
    """

    group_id: int | None = None
    states: tuple[str, ...] = ()
    is_past: bool | None = None
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class SittingPage:
    """One page and the cursor behind it; None on the last one."""

    items: tuple[SittingRow, ...]
    next_cursor: str | None


def list_sittings(
    connection: Connection, readers: Sequence[str], wanted: SittingFilter, *, zone: Any, limit: int = 50,  # noqa: ANN401  # a tzinfo
    cursor: str | None = None,
) -> SittingPage:  # fmt: skip
    """Return one page: what is ahead nearest first, everything else the last first. One statement.

    Days are those of `zone`. InvalidError for a broken cursor.
    """
    own, is_ahead = Meeting, wanted.is_past is False
    sort = _AHEAD if is_ahead else _PAST
    statement = _select(readers).limit(limit + 1)
    if is_ahead:
        statement = statement.order_by(own.starts_at, Item.id)
    else:
        statement = statement.order_by(own.starts_at.desc(), Item.id.desc())
    if cursor is not None:
        at, item_id = _read_place(cursor, sort)
        further = own.starts_at > at if is_ahead else own.starts_at < at
        beside = Item.id > item_id if is_ahead else Item.id < item_id
        statement = statement.where(or_(further, and_(own.starts_at == at, beside)))
    if wanted.group_id is not None:
        statement = statement.where(own.group_id == wanted.group_id)
    if wanted.states:
        statement = statement.where(Item.state.in_(wanted.states))
    if wanted.is_past is not None:
        statement = statement.where(Item.state.in_(PAST) if wanted.is_past else Item.state.not_in(PAST))
    if wanted.from_on is not None:
        statement = statement.where(own.starts_at >= _start(wanted.from_on, zone))
    if wanted.until_on is not None:
        statement = statement.where(own.starts_at < _start(wanted.until_on + _DAY, zone))
    rows = [SittingRow(*row) for row in connection.execute(statement)]
    is_more = len(rows) > limit
    last = rows[limit - 1] if is_more else None
    after = None if last is None else write_cursor(sort, last.starts_at.isoformat(), last.id)
    return SittingPage(tuple(rows[:limit]), after)


def list_years(connection: Connection, readers: Sequence[str], zone: Any) -> tuple[int, ...]:  # noqa: ANN401  # a tzinfo
    """Return the years in which there are meetings that `readers` may read, the last first; one statement."""
    row: Any = connection.execute(
        select(func.min(Meeting.starts_at), func.max(Meeting.starts_at))
        .join(Item, Item.id == Meeting.item_id)
        .where(is_readable(readers))
    ).one()
    if row[0] is None:
        return ()
    first, last = (one.astimezone(zone).year for one in row)
    return tuple(range(last, first - 1, -1))


def list_groups(connection: Connection, readers: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Return the groups that `readers` may read, by id and title; one statement."""
    rows = connection.execute(
        select(Item.id, Item.title)
        .where(Item.kind == "leadership_group", is_readable(readers))
        .order_by(Item.sort_key, Item.id)
    )
    return tuple((item_id, title) for item_id, title in rows)


def _select(readers: Sequence[str]) -> Any:  # noqa: ANN401  # a statement
    own, topic, decision = Meeting, aliased(Item, name="topic_item"), aliased(Item, name="decision_item")
    topics = (
        select(func.count())
        .select_from(AgendaItem)
        .join(topic, topic.id == AgendaItem.item_id)
        .where(
            AgendaItem.meeting_id == Item.id, topic.state.in_(("accepted", "concluded")),
            is_readable(readers, topic.id),
        )
        .correlate(Item)
        .scalar_subquery()
    )  # fmt: skip
    decisions = (
        select(func.count())
        .select_from(Decision)
        .join(decision, decision.id == Decision.item_id)
        .where(Decision.meeting_id == Item.id, decision.state != "dropped", is_readable(readers, decision.id))
        .correlate(Item)
        .scalar_subquery()
    )
    return (
        select(
            Item.id, Item.title, Item.state, Item.workflow_version, Item.version, Item.confidential, _Group.id,
            _Group.title, own.series_id, own.month, own.forum, own.ordinal, own.planned_on, own.starts_at, own.ends_at,
            own.place, own.cutoff_on, own.minutes_number, topics, decisions,
        )
        .join(own, own.item_id == Item.id)
        .outerjoin(_Group, (_Group.id == own.group_id) & is_readable(readers, _Group.id))
        .where(is_readable(readers))
    )  # fmt: skip


def _start(day: date, zone: Any) -> datetime:  # noqa: ANN401  # a tzinfo
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _read_place(cursor: str, sort: str) -> tuple[datetime, int]:
    value, item_id = read_cursor(cursor, sort)
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise broken() from None
    if at.tzinfo is None:
        raise broken()
    return at, item_id
