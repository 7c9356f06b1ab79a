"""Decisions: of a meeting, of a topic, of a department, as far as the reader may read them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.item import Item, ItemClock, Support
from app.models.meeting import Meeting
from app.models.organisation import Department
from app.models.topic import Decision
from app.queries.item import is_readable
from app.queries.listing.newest import read_newest
from app.queries.meeting.agenda import DepartmentName

LIMIT_MAX = 200
_SORT = "decision"
_Sitting = aliased(Item, name="sitting")
_Task = aliased(Item, name="task_item")


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision; its meeting and its task are None for whoever may not read them."""

    id: int
    number: str | None
    title: str
    state: str
    workflow_version: int
    version: int
    confidential: bool
    due_on: date | None
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    meeting_id: int
    meeting_title: str | None
    meeting_starts_at: datetime | None
    agenda_item_id: int | None
    seq: int
    text: str
    is_information: bool
    wanted: list[str]
    settled_on: date | None
    flags: list[str]
    task_id: int | None
    task_number: str | None
    task_title: str | None
    task_state: str | None
    task_workflow_version: int | None
    task_due_on: date | None
    task_light: str | None
    supports: tuple[DepartmentName, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """What a list of decisions shows; None or empty does not restrict. `department_ids`: lead departments."""

    meeting_id: int | None = None
    topic_id: int | None = None
    states: tuple[str, ...] = ()
    department_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """One page, the last noted first, and the cursor behind it; None on the last one."""

    items: tuple[DecisionRow, ...]
    next_cursor: str | None


def _select(readers: Sequence[str]) -> Select[*tuple[Any, ...]]:
    own = Decision
    return (
        select(
            Item.id, Item.number, Item.title, Item.state, Item.workflow_version, Item.version, Item.confidential,
            Item.due_on, Item.owner_department_id, Department.name, Department.name_en, own.meeting_id, _Sitting.title,
            Meeting.starts_at, own.agenda_item_id, own.seq, own.text, own.is_information, own.wanted, own.settled_on,
            own.flags, _Task.id, _Task.number, _Task.title, _Task.state, _Task.workflow_version, _Task.due_on,
            ItemClock.light,
        )
        .join(own, own.item_id == Item.id)
        .outerjoin(_Sitting, (_Sitting.id == own.meeting_id) & is_readable(readers, _Sitting.id))
        .outerjoin(Meeting, Meeting.item_id == _Sitting.id)
        .outerjoin(_Task, (_Task.id == own.task_id) & is_readable(readers, _Task.id))
        .outerjoin(ItemClock, ItemClock.item_id == _Task.id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(is_readable(readers))
    )  # fmt: skip


def _add_supports(connection: Connection, rows: list[DecisionRow]) -> list[DecisionRow]:
    if not rows:
        return rows
    found: dict[int, list[DepartmentName]] = {row.id: [] for row in rows}
    supports: Any = connection.execute(
        select(Support.item_id, Department.id, Department.name, Department.name_en)
        .join(Department, Department.id == Support.department_id)
        .where(Support.item_id.in_(found))
        .order_by(Department.sort_key, Department.id)
    )
    for item_id, *named in supports:
        found[item_id].append(DepartmentName(*named))
    return [replace(row, supports=tuple(found[row.id])) for row in rows]


def list_of_meeting(connection: Connection, readers: Sequence[str], meeting_id: int) -> tuple[DecisionRow, ...]:
    """Return the decisions of a meeting in their order, those struck out left out; two statements."""
    rows = connection.execute(
        _select(readers)
        .where(Decision.meeting_id == meeting_id, Item.state != "dropped")
        .order_by(Decision.seq)
    )  # fmt: skip
    return tuple(_add_supports(connection, [DecisionRow(*row) for row in rows]))


def list_decisions(
    connection: Connection, readers: Sequence[str], wanted: DecisionFilter, *, limit: int = 50,
    cursor: str | None = None,
) -> DecisionPage:  # fmt: skip
    """Return one page of decisions; two statements. InvalidError for a broken cursor."""
    statement = _select(readers)
    if wanted.meeting_id is not None:
        statement = statement.where(Decision.meeting_id == wanted.meeting_id)
    if wanted.topic_id is not None:
        statement = statement.where(Decision.agenda_item_id == wanted.topic_id)
    if wanted.states:
        statement = statement.where(Item.state.in_(wanted.states))
    if wanted.department_ids:
        statement = statement.where(Item.owner_department_id.in_(wanted.department_ids))
    rows, more = read_newest(connection, statement, Item.id, sort=_SORT, limit=limit, cursor=cursor)
    return DecisionPage(tuple(_add_supports(connection, [DecisionRow(*row) for row in rows])), more)


def find_decision(connection: Connection, readers: Sequence[str], decision_id: int) -> DecisionRow:
    """Return one decision; NotFoundError when there is none or it may not be read. Two statements."""
    row = connection.execute(_select(readers).where(Item.id == decision_id)).first()
    if row is None:
        raise NotFoundError
    return _add_supports(connection, [DecisionRow(*row)])[0]


def find_of_task(connection: Connection, readers: Sequence[str], source_id: int | None) -> DecisionRow | None:
    """Return the decision from which a task came (its source), None without one or when it may not be read."""
    if source_id is None:
        return None
    row = connection.execute(_select(readers).where(Item.id == source_id)).first()
    return None if row is None else DecisionRow(*row)
