"""What stalls: the board by level, an item's ladders, the last sweep. A constant number of statements each.

Everything about items goes through `item_access`. No totals: a column shows its newest cards and a cursor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.errors import Fault, InvalidError, NotFoundError, Sentence
from app.models.escalation import Episode, Escalation, LadderRung, Sweep
from app.models.item import Item, ItemAccess, ItemClock
from app.models.organisation import Department
from app.queries.city.board import BoardFilter, BoardSlip, is_in_project, read_slips
from workflows.calendar import Calendar
from workflows.machine import LEVEL_LABELS
from workflows.span import Span

LEVELS = tuple(LEVEL_LABELS)
COLUMN_LIMIT = 50


@dataclass(frozen=True, slots=True)
class NextRung:
    """The next rung of an item: its level, the instant at which it is reached, what for."""

    level: int
    at: datetime
    cause: str
    #: A request that waits for its decision holds the ladder at its rung until then.
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """An item that stalls: what for and since when at this level, the slip about it, and what comes next."""

    item_id: int
    kind: str
    number: str | None
    title: str
    state: str
    workflow_version: int
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    due_on: date | None
    light: str
    level: int
    cause: str | None
    since: datetime | None
    next_rung: NextRung | None
    slip: BoardSlip | None
    is_paused: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One level of the board, the newest items first; `next_cursor` None: nothing behind."""

    level: int
    cards: tuple[Card, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class SweepView:
    """A finished sweep."""

    at: datetime
    finished_at: datetime
    raised: int
    lights: int
    faults: tuple[Mapping[str, object], ...]
    source: str

    @property
    def is_clean(self) -> bool:
        """Whether the sweep met no fault."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class ReachedRung:
    """A rung that was reached, with whom it told."""

    cause: str
    anchor: str
    level: int
    to_role: str
    due_at: datetime
    raised_at: datetime
    is_superseded: bool
    has_ended: bool


@dataclass(frozen=True, slots=True)
class RungAhead:
    """A rung of a running episode that is still to come."""

    cause: str
    anchor: str
    level: int
    to_role: str
    at: datetime
    #: It rests on a year whose official calendar is not published.
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class LadderView:
    """An item's ladders: what was reached, in order, and what lies ahead, the nearest first."""

    reached: tuple[ReachedRung, ...]
    ahead: tuple[RungAhead, ...]


def read_board(
    session: Session,
    readers: Sequence[str],
    *,
    limit: int = COLUMN_LIMIT,
    cursors: Mapping[int, str] | None = None,
    wanted: BoardFilter | None = None,
) -> tuple[Column, ...]:
    """Return the board for a caller with `readers`; `cursors` by level continue a column. Seven statements."""
    connection = session.connection()
    given = cursors or {}
    conditions = _narrow(wanted or BoardFilter())
    pages = {level: _read_page(connection, readers, level, limit, given.get(level), conditions) for level in LEVELS}
    item_ids = [card[0] for page in pages.values() for card in page[:limit]]
    since = _read_since(connection, item_ids)
    nexts = _read_next(connection, item_ids)
    slips = read_slips(connection, readers, item_ids)
    return tuple(
        Column(
            level,
            tuple(
                _make_card(row, level, since.get((row.id, level)), nexts.get(row.id), slips.get(row.id))
                for row in page[:limit]
            ),
            str(page[limit - 1].id) if len(page) > limit else None,
        )
        for level, page in pages.items()
    )


def _narrow(wanted: BoardFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.department_id is not None:
        found.append(Item.owner_department_id == wanted.department_id)
    if wanted.causes:
        found.append(ItemClock.rung_cause.in_(wanted.causes))
    if wanted.project_id is not None:
        found.append(is_in_project(wanted.project_id))
    return found


def _read_page(
    connection: Connection,
    readers: Sequence[str],
    level: int,
    limit: int,
    cursor: str | None,
    conditions: Sequence[ColumnElement[bool]],
) -> list[Row[Any]]:
    readable = exists().where(ItemAccess.item_id == ItemClock.item_id, ItemAccess.reader.in_(tuple(readers)))
    statement = (
        select(
            Item.id, Item.kind, Item.number, Item.title, Item.state, Item.workflow_version, Item.owner_department_id,
            Department.name, Department.name_en, Item.due_on, ItemClock.light, ItemClock.rung_cause,
            Item.paused_state,
        )
        .join(ItemClock, ItemClock.item_id == Item.id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(ItemClock.rung == level, ItemClock.rung > 0, Item.closed_at.is_(None), readable, *conditions)
        .order_by(ItemClock.item_id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if cursor is not None:
        statement = statement.where(ItemClock.item_id < _read_cursor(cursor))
    return list(connection.execute(statement))


def _read_cursor(cursor: str) -> int:
    if cursor.isascii() and cursor.isdigit() and int(cursor) < 2**63:
        return int(cursor)
    said = Sentence("翻页标记无效，请从第一页重新开始。", "The cursor is not valid here; begin again without it.")
    raise InvalidError([Fault("cursor", said)])


def _make_card(
    row: Row[Any], level: int, since: datetime | None, next_rung: NextRung | None, slip: BoardSlip | None
) -> Card:
    return Card(
        item_id=row.id,
        kind=row.kind,
        number=row.number,
        title=row.title,
        state=row.state,
        workflow_version=row.workflow_version,
        department_id=row.owner_department_id,
        department_name=row.name,
        department_name_en=row.name_en,
        due_on=row.due_on,
        light=row.light,
        level=level,
        cause=row.rung_cause,
        since=since,
        next_rung=next_rung,
        slip=slip,
        is_paused=row.paused_state is not None,
    )


def _read_since(connection: Connection, item_ids: Sequence[int]) -> dict[tuple[int, int], datetime]:
    """Return by (item, level) since when a running episode has stood at that level."""
    rows = connection.execute(
        select(Escalation.item_id, Escalation.level, func.max(Escalation.due_at))
        .join(Episode, Episode.id == Escalation.episode_id)
        .where(Escalation.item_id.in_(item_ids), Episode.ended_at.is_(None))
        .group_by(Escalation.item_id, Escalation.level)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _read_next(connection: Connection, item_ids: Sequence[int]) -> dict[int, NextRung]:
    """Return the nearest rung by item that is higher than the one on which the item stands."""
    rows = connection.execute(
        select(Episode.item_id, Episode.next_level, Episode.next_at, Episode.cause, Episode.held_until)
        .join(ItemClock, ItemClock.item_id == Episode.item_id)
        .where(
            Episode.item_id.in_(item_ids),
            Episode.ended_at.is_(None),
            Episode.next_at.is_not(None),
            Episode.next_level > ItemClock.rung,
        )
        .order_by(Episode.next_at.desc(), Episode.next_level)
    )
    # The last one put in is the earliest, and of those at one instant the highest.
    return {
        item_id: NextRung(level, at, cause, held_until)
        for item_id, level, at, cause, held_until in rows
        if level is not None and at is not None
    }


def last_sweep(session: Session) -> SweepView | None:
    """Return the last sweep that was finished; None before the first."""
    row = session.connection().execute(
        select(Sweep.at, Sweep.finished_at, Sweep.raised, Sweep.lights, Sweep.faults, Sweep.source)
        .where(Sweep.finished_at.is_not(None))
        .order_by(Sweep.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    if row is None or row.finished_at is None:
        return None
    return SweepView(row.at, row.finished_at, row.raised, row.lights, tuple(row.faults), row.source)


def read_ladders(session: Session, calendar: Calendar, readers: Sequence[str], item_id: int) -> LadderView:
    """Return the ladders of an item; NotFoundError when none of `readers` may read it. Three statements."""
    connection = session.connection()
    readable = select(ItemAccess.item_id).where(ItemAccess.item_id == item_id, ItemAccess.reader.in_(tuple(readers)))
    if connection.execute(readable.limit(1)).first() is None:
        raise NotFoundError
    reached = connection.execute(
        select(
            Escalation.cause, Episode.anchor, Escalation.level, Escalation.to_role, Escalation.due_at,
            Escalation.raised_at, Escalation.is_superseded, Episode.ended_at.is_not(None),
        )
        .join(Episode, Episode.id == Escalation.episode_id)
        .where(Escalation.item_id == item_id)
        .order_by(Escalation.due_at, Escalation.id)
    )  # fmt: skip
    return LadderView(tuple(ReachedRung(*row) for row in reached), _read_ahead(connection, calendar, item_id))


def _read_ahead(connection: Connection, calendar: Calendar, item_id: int) -> tuple[RungAhead, ...]:
    rows = connection.execute(
        select(
            Episode.cause, Episode.anchor, Episode.base_on, Episode.next_at, LadderRung.level, LadderRung.after,
            LadderRung.to_role,
        )
        .join(LadderRung, LadderRung.ladder_id == Episode.ladder_id)
        .where(Episode.item_id == item_id, Episode.ended_at.is_(None), LadderRung.level >= Episode.next_level)
        .order_by(Episode.id, LadderRung.level)
    )  # fmt: skip
    found = []
    for row in rows:
        at = _instant(calendar, row.base_on, row.after)
        if at is not None:
            then = max(at, row.next_at or at)
            is_provisional = calendar.is_provisional(calendar.local_date(then))
            found.append(RungAhead(row.cause, row.anchor, row.level, row.to_role, then, is_provisional))
    return tuple(sorted(found, key=lambda rung: (rung.at, rung.level)))


def _instant(calendar: Calendar, base_on: date, after: str) -> datetime | None:
    """Return when a rung is reached; None where it cannot be worked out (the sweep tells of that as a fault)."""
    try:
        return calendar.rung_at(base_on, Span.parse(after))
    except ValueError:
        return None
