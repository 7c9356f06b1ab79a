"""Decisions that the office has to complete, and meetings that only wait to be closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item
from app.models.meeting import Meeting
from app.models.organisation import Department
from app.models.topic import Decision
from app.queries.cursor import read_cursor, write_cursor
from app.queries.item import is_readable
from app.queries.meeting.record.standing import OPEN

_Task = aliased(Item, name="task_item")
_Sitting = aliased(Item, name="sitting")
_HEAD = 12


@dataclass(frozen=True, slots=True)
class GapRow:
    """A decision in force that lacks something; `gaps`: no_owner, no_date, many_owners, date_text, task_cancelled."""

    id: int
    seq: int
    title: str
    version: int
    due_on: date | None
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    meeting_id: int
    meeting_title: str | None
    meeting_starts_at: datetime
    task_id: int | None
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GapPage:
    """One page, the oldest first, and the cursor behind it; None on the last one."""

    items: tuple[GapRow, ...]
    next_cursor: str | None


_GAPS = "to-complete"


def list_gaps(connection: Connection, readers: Sequence[str], *, limit: int = 50, cursor: str | None = None) -> GapPage:
    """Return a page of the decisions in force without lead or date, with flags of an import, or whose task is off.

    One statement. A task is off when it was cancelled; one that was split or merged lives on in what came of it.
    """
    is_off = _Task.state == "cancelled"
    has_gap = or_(
        Item.owner_department_id.is_(None), Item.due_on.is_(None), func.json_array_length(Decision.flags) > 0, is_off
    )
    statement = (
        select(
            Item.id, Decision.seq, Item.title, Item.version, Item.due_on, Item.owner_department_id, Department.name,
            Department.name_en, Decision.meeting_id,
            case((is_readable(readers, Decision.meeting_id), _Sitting.title), else_=None), Meeting.starts_at,
            case((is_readable(readers, _Task.id), _Task.id), else_=None), Decision.flags, is_off,
        )
        .join(Decision, Decision.item_id == Item.id)
        .join(Meeting, Meeting.item_id == Decision.meeting_id)
        .join(_Sitting, _Sitting.id == Decision.meeting_id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .outerjoin(_Task, _Task.id == Decision.task_id)
        .where(Item.kind == "decision", Item.state == OPEN, has_gap, is_readable(readers))
        .order_by(Item.id)
        .limit(limit + 1)
    )  # fmt: skip
    if cursor is not None:
        statement = statement.where(Item.id > read_cursor(cursor, _GAPS)[1])
    found = [GapRow(*(*row[:_HEAD], _name_gaps(row))) for row in connection.execute(statement).all()]
    more = found[limit - 1] if len(found) > limit else None
    return GapPage(tuple(found[:limit]), None if more is None else write_cursor(_GAPS, "", more.id))


def _name_gaps(row: Any) -> tuple[str, ...]:  # noqa: ANN401  # a row
    found = {
        "no_owner": row.owner_department_id is None, "no_date": row.due_on is None, "task_cancelled": bool(row[-1]),
    }  # fmt: skip
    named = [name for name, is_so in found.items() if is_so]
    return tuple(dict.fromkeys([*named, *(str(flag) for flag in row.flags)]))


@dataclass(frozen=True, slots=True)
class ClosableRow:
    """A meeting whose minutes are issued and whose decisions are all settled: the office can close it."""

    id: int
    title: str
    minutes_number: str | None


def list_closable(connection: Connection, readers: Sequence[str], limit: int = 20) -> tuple[ClosableRow, ...]:
    """Return meetings that wait for nothing but to be closed, the oldest first; one statement."""
    inner = aliased(Item, name="open_decision")
    open_one = (
        exists()
        .where(Decision.meeting_id == Item.id, inner.id == Decision.item_id, inner.state.in_((OPEN, "draft")))
    )  # fmt: skip
    rows = connection.execute(
        select(Item.id, Item.title, Meeting.minutes_number)
        .join(Meeting, Meeting.item_id == Item.id)
        .where(Item.kind == "meeting", Item.state == "issued", ~open_one, is_readable(readers))
        .order_by(Item.id)
        .limit(limit)
    )
    return tuple(ClosableRow(*row) for row in rows)
