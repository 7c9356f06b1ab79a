"""The plan of a project as its timeline and its grid show it. Three statements, however many tasks there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, and_, case, cast, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item, ItemClock, ItemLink, Task
from app.models.organisation import Department
from app.models.record import History
from app.queries.item import is_overdue, is_readable
from app.queries.project.below import LEFT_OUT, first_step, phase_of, stage_of

_Before = aliased(Item, name="before")
_FULL_PCT = 100


@dataclass(frozen=True, slots=True)
class PlanTask:
    """A task of the plan. `waits_until_on`: the latest due date among what must be finished first."""

    id: int
    title: str
    state: str
    workflow_version: int
    department_name: str | None
    department_name_en: str | None
    due_on: date | None
    original_due_on: date | None
    progress_pct: int | None
    assigned_at: datetime | None
    closed_at: datetime | None
    light: str
    phase_seq: int
    waits_until_on: date | None


@dataclass(frozen=True, slots=True)
class GridCell:
    """The tasks of one phase in one stage (or in one state); `progress_pct` is the mean, done tasks count 100."""

    phase_seq: int
    stage: str
    state: str
    tasks: int
    closed: int
    begun: int
    overdue: int
    progress_pct: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The tasks shown (open ones first by date; `is_more`: others are not), and every cell that has a task."""

    tasks: tuple[PlanTask, ...]
    is_more: bool
    cells: tuple[GridCell, ...]


def read_plan(
    connection: Connection,
    readers: Sequence[str],
    project_id: int,
    today: date,
    ends: Sequence[tuple[int, Any]],
    *,
    limit: int,
) -> Plan:
    """Return the plan as far as `readers` may read its tasks; `ends` are the phases' planned ends."""
    rows = _read_tasks(connection, readers, project_id, ends, limit + 1)
    return Plan(tuple(rows[:limit]), len(rows) > limit, _read_cells(connection, readers, project_id, today, ends))


def _read_tasks(
    connection: Connection, readers: Sequence[str], project_id: int, ends: Sequence[tuple[int, Any]], limit: int
) -> list[PlanTask]:
    mine = (Item.parent_id == project_id, Item.kind == "task", Item.state.not_in(LEFT_OUT), is_readable(readers))
    picked = (
        select(Item.id)
        .where(*mine)
        .order_by(Item.closed_at.is_not(None), Item.due_on.is_(None), Item.due_on, Item.id)
        .limit(limit)
    ).subquery()
    assigned_at = (
        select(func.min(History.occurred_at))
        .where(History.item_id == Item.id, History.action == "assign")
        .scalar_subquery()
    )
    waits_until_on = (
        select(func.max(_Before.due_on))
        .join(ItemLink, (ItemLink.from_id == _Before.id) & (ItemLink.kind == "blocks"))
        # A sibling that is not confidential is read by whoever reads the project.
        .where(ItemLink.to_id == Item.id, _Before.parent_id == Item.parent_id, ~_Before.confidential)
        .scalar_subquery()
    )
    statement = (
        select(
            Item.id, Item.title, Item.state, Item.workflow_version, Department.name, Department.name_en, Item.due_on,
            Item.original_due_on, Task.progress_pct, assigned_at, Item.closed_at, ItemClock.light, phase_of(ends),
            waits_until_on,
        )
        .join(picked, picked.c.id == Item.id)
        .join(Task, Task.item_id == Item.id)
        .join(ItemClock, ItemClock.item_id == Item.id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .order_by(Item.original_due_on.is_(None), Item.original_due_on, Item.id)
    )  # fmt: skip
    rows: Any = connection.execute(statement)
    return [PlanTask(*row) for row in rows]


def _read_cells(
    connection: Connection, readers: Sequence[str], project_id: int, today: date, ends: Sequence[tuple[int, Any]]
) -> tuple[GridCell, ...]:
    phase, stage = phase_of(ends).label("phase"), stage_of().label("stage")
    is_begun = or_(Item.closed_at.is_not(None), Item.state.not_in(("draft", "assigned", "disputed")))
    # Three answers stand for the states: closed, begun, not begun.
    standing = case((Item.closed_at.is_not(None), "closed"), (is_begun, "begun"), else_="ahead")
    progress = case((Item.closed_at.is_not(None), _FULL_PCT), else_=func.coalesce(Task.progress_pct, 0))
    statement = (
        select(
            phase, stage, cast(standing, String(10)).label("standing"), func.count(),
            func.sum(case((Item.closed_at.is_not(None), 1), else_=0)),
            func.sum(case((is_begun, 1), else_=0)),
            func.sum(case((func.coalesce(is_overdue(today), False), 1), else_=0)),  # SQL's own
            func.sum(progress),
        )
        .join(Task, Task.item_id == Item.id)
        .join(ItemClock, ItemClock.item_id == Item.id)
        .join(History, first_step())
        .where(and_(Item.parent_id == project_id, Item.kind == "task", Item.state.not_in(LEFT_OUT)))
        .where(is_readable(readers))
        .group_by("phase", "stage", "standing")
        .order_by("phase", "stage", "standing")
    )  # fmt: skip
    rows: Any = connection.execute(statement)
    cells = []
    for *seen, total in rows:
        phase_seq, stage_key, state, tasks, closed, begun, overdue = seen
        cells.append(GridCell(phase_seq, stage_key, state, tasks, closed, begun, overdue, int(total) // tasks))
    return tuple(cells)
