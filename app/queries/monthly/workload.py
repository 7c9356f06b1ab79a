"""What departments hold at a month's end and what they finished in it; two statements for the whole city."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.engine import Connection

from app.models.item import Item
from app.queries.paper.moment import IS_FINISHED, WORK, due_on_at, last_sent_at
from app.queries.progress import Period, is_read, was_there
from workflows.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Workload:
    """A department's projects, tasks and shares at the end of the month; `closed` and `on_time` within the month.

    `closed` counts what was finished and had a due date; what was cancelled, split or withdrawn is no finished work.
    """

    department_id: int | None
    open_items: int
    overdue: int
    due_soon: int
    closed: int
    on_time: int


def read_workload(connection: Connection, period: Period, soon_on: date, calendar: Calendar) -> list[Workload]:
    """Return the workload of every department that has work open or finished in the month."""
    done: Counter[int | None] = Counter()
    on_time: Counter[int | None] = Counter()
    for row in _read_finished(connection, period):
        done[row.department_id] += 1
        # Judged by the original date: what an extension moved still counts as late. The day is the city's.
        on_time[row.department_id] += calendar.local_date(row.sent_at or row.closed_at) <= row.original_due_on
    held: dict[int | None, tuple[int, int, int]] = {
        key: (int(open_items), int(overdue), int(due_soon))
        for key, open_items, overdue, due_soon in _read_open(connection, period, soon_on)
    }
    return [
        Workload(key, *held.get(key, (0, 0, 0)), done[key], on_time[key])
        for key in sorted({*held, *done}, key=lambda one: (one is not None, one or 0))
    ]


def count_open(connection: Connection, period: Period) -> int:
    """Return how many items of every kind were open at the month's end: whatever may stand on a rung."""
    return int(connection.execute(
        select(func.count()).select_from(Item).where(
            _is_open(period), was_there(period), is_read(Item.id, period.readers)
        )
    ).scalar_one())  # fmt: skip


def _is_open(period: Period) -> ColumnElement[bool]:
    return or_(Item.closed_at.is_(None), Item.closed_at >= period.ends_at)


def _read_open(connection: Connection, period: Period, soon_on: date) -> Sequence[Any]:
    due_on = Item.due_on if period.is_running else due_on_at(period.ends_at)
    held = (
        select(Item.owner_department_id.label("department_id"), due_on.label("due_on"))
        .where(Item.kind.in_(WORK), _is_open(period), was_there(period), is_read(Item.id, period.readers))
        .subquery("held")
    )
    soon = and_(held.c.due_on >= period.as_of_on, held.c.due_on <= soon_on)

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    return connection.execute(
        select(held.c.department_id, func.count(), count(held.c.due_on < period.as_of_on), count(soon)).group_by(
            held.c.department_id
        )
    ).all()


def _read_finished(connection: Connection, period: Period) -> Sequence[Any]:
    return connection.execute(
        select(
            Item.owner_department_id.label("department_id"), Item.original_due_on, Item.closed_at,
            last_sent_at(period.ends_at).label("sent_at"),
        ).where(
            Item.closed_at >= period.starts_at, Item.closed_at < period.ends_at, IS_FINISHED,
            Item.original_due_on.is_not(None), was_there(period), is_read(Item.id, period.readers),
        )
    ).all()  # fmt: skip
