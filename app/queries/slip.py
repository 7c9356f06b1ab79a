"""Slips for one caller: the list by colour, state and department; the rungs from which they came; what papers say.

Everything goes through `item_access`; a constant number of statements; keyset pages, the newest first, no totals.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.escalation import Episode, Escalation
from app.models.item import Item
from app.models.organisation import Department
from app.models.supervision import Slip, SlipCover
from app.queries.city.board import is_in_project
from app.queries.cursor import read_cursor, write_cursor
from app.queries.item import is_readable

_SLIPS, _RUNGS = "slips", "rungs"
_Matter = aliased(Item, name="matter")


@dataclass(frozen=True, slots=True)
class SlipFilter:
    """Which slips; None or empty does not restrict. Issued from the first instant to before the second."""

    levels: tuple[int, ...] = ()
    states: tuple[str, ...] = ()
    is_open: bool | None = None
    department_id: int | None = None
    matter_id: int | None = None
    issued_from: datetime | None = None
    issued_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class SlipRow:
    """A slip as lists show it; `due_on` is the limit to answer, None while none runs."""

    id: int
    number: str | None
    title: str
    state: str
    workflow_version: int
    version: int
    level: int
    cause: str
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    matter_id: int
    matter_kind: str
    matter_number: str | None
    matter_title: str
    due_on: date | None
    original_due_on: date | None
    created_at: datetime
    issue_at: datetime | None
    issued_at: datetime | None
    appealed_at: datetime | None
    closed_at: datetime | None
    points: int


@dataclass(frozen=True, slots=True)
class SlipPage:
    """One page, and the cursor behind it; None on the last one."""

    slips: tuple[SlipRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class RungFilter:
    """Which rungs; None does not restrict."""

    levels: tuple[int, ...] = ()
    causes: tuple[str, ...] = ()
    item_id: int | None = None
    department_id: int | None = None
    is_running: bool | None = None
    project_id: int | None = None


@dataclass(frozen=True, slots=True)
class CoverRow:
    """What became of a rung for one department: a slip made, an open one joined, or none."""

    outcome: str
    department_id: int | None
    slip_id: int | None


@dataclass(frozen=True, slots=True)
class RungRow:
    """A rung that was reached; `needs_slip`: the next pass decides about its slip."""

    id: int
    item_id: int
    item_kind: str
    item_title: str
    department_id: int | None
    cause: str
    level: int
    to_role: str
    due_at: datetime
    raised_at: datetime
    is_superseded: bool
    has_ended: bool
    needs_slip: bool
    covers: tuple[CoverRow, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class RungPage:
    """One page, and the cursor behind it; None on the last one."""

    rungs: tuple[RungRow, ...]
    next_cursor: str | None


def list_slips(
    connection: Connection, readers: Sequence[str], wanted: SlipFilter, *, limit: int = 50, cursor: str | None = None
) -> SlipPage:
    """Return a page of the slips that one of `readers` may read, the newest first. One statement."""
    statement = (
        select(
            Item.id, Item.number, Item.title, Item.state, Item.workflow_version, Item.version, Slip.level, Slip.cause,
            Item.owner_department_id, Department.name, Department.name_en, _Matter.id, _Matter.kind, _Matter.number,
            _Matter.title, Item.due_on, Item.original_due_on, Item.created_at, Slip.issue_at, Slip.issued_at,
            Slip.appealed_at, Item.closed_at, Slip.points,
        )
        .join(Slip, Slip.item_id == Item.id)
        .join(_Matter, _Matter.id == Item.parent_id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(Item.kind == "slip", is_readable(readers), *_conditions(wanted))
        .order_by(Item.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if cursor is not None:
        statement = statement.where(Item.id < read_cursor(cursor, _SLIPS)[1])
    found: Any = connection.execute(statement)
    rows = [SlipRow(*row) for row in found]
    return SlipPage(tuple(rows[:limit]), _continue(_SLIPS, rows, limit))


def _conditions(wanted: SlipFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.levels:
        yield Slip.level.in_(wanted.levels)
    if wanted.states:
        yield Item.state.in_(wanted.states)
    if wanted.is_open is not None:
        yield Item.closed_at.is_(None) if wanted.is_open else Item.closed_at.is_not(None)
    if wanted.department_id is not None:
        yield Item.owner_department_id == wanted.department_id
    if wanted.matter_id is not None:
        yield Item.parent_id == wanted.matter_id
    if wanted.issued_from is not None:
        yield Slip.issued_at >= wanted.issued_from
    if wanted.issued_before is not None:
        yield Slip.issued_at < wanted.issued_before


def _continue(sort: str, rows: Sequence[Any], limit: int) -> str | None:
    return write_cursor(sort, "", rows[limit - 1].id) if len(rows) > limit else None


def list_rungs(
    connection: Connection, readers: Sequence[str], wanted: RungFilter, *, limit: int = 50, cursor: str | None = None
) -> RungPage:
    """Return a page of the rungs of items that one of `readers` may read, the newest first. Two statements."""
    statement = (
        select(
            Escalation.id, Item.id, Item.kind, Item.title, Item.owner_department_id, Escalation.cause, Escalation.level,
            Escalation.to_role, Escalation.due_at, Escalation.raised_at, Escalation.is_superseded,
            Episode.ended_at.is_not(None), Escalation.needs_slip,
        )
        .join(Item, Item.id == Escalation.item_id)
        .join(Episode, Episode.id == Escalation.episode_id)
        .where(is_readable(readers))
        .order_by(Escalation.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if wanted.levels:
        statement = statement.where(Escalation.level.in_(wanted.levels))
    if wanted.causes:
        statement = statement.where(Escalation.cause.in_(wanted.causes))
    if wanted.item_id is not None:
        statement = statement.where(Escalation.item_id == wanted.item_id)
    if wanted.department_id is not None:
        statement = statement.where(Item.owner_department_id == wanted.department_id)
    if wanted.project_id is not None:
        statement = statement.where(is_in_project(wanted.project_id))
    if wanted.is_running is not None:
        statement = statement.where(Episode.ended_at.is_(None) if wanted.is_running else Episode.ended_at.is_not(None))
    if cursor is not None:
        statement = statement.where(Escalation.id < read_cursor(cursor, _RUNGS)[1])
    found: Any = connection.execute(statement).all()
    covers = _read_covers(connection, [row[0] for row in found[:limit]])
    whole: list[Any] = [(*row, covers.get(row[0], ())) for row in found]
    rows = [RungRow(*values) for values in whole]
    return RungPage(tuple(rows[:limit]), _continue(_RUNGS, rows, limit))


def _read_covers(connection: Connection, rung_ids: Sequence[int]) -> Mapping[int, tuple[CoverRow, ...]]:
    found: dict[int, tuple[CoverRow, ...]] = {}
    rows: Any = connection.execute(
        select(SlipCover.escalation_id, SlipCover.outcome, SlipCover.department_id, SlipCover.slip_id)
        .where(SlipCover.escalation_id.in_(rung_ids))
        .order_by(SlipCover.id)
    )
    for rung_id, *rest in rows:
        found[rung_id] = (*found.get(rung_id, ()), CoverRow(*rest))
    return found
