"""A department's record in supervision: slips issued to it, how it answered, what they cost; by period.

Counted over the slips that the caller may read, so that a confidential matter does not show in a figure. A constant
number of statements, whatever the number of departments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item
from app.models.organisation import Department
from app.models.record import History
from app.models.supervision import DepartmentMark, Slip
from app.queries.item import is_readable
from workflows.slip import RED, YELLOW

_COUNTED = 11
_Earlier = aliased(History, name="earlier")


@dataclass(frozen=True, slots=True)
class Period:
    """Days from–to, both included, with the instants at which the first begins and the last ends."""

    from_on: date
    to_on: date
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One department's record: slips issued in the period and what became of them; points entered in the period.

    `answered_in_time` and `answered_late` go by the first answer; `unanswered` are open without one, `overdue`
    those of them whose limit has passed; `closed_unanswered` ended without one (replaced, withdrawn, the matter done).
    These four without `overdue` add up to `yellow` and `red`. `withdrawn` counts what was taken back without an appeal.
    """

    department_id: int
    name: str
    name_en: str | None
    yellow: int
    red: int
    answered_in_time: int
    answered_late: int
    unanswered: int
    overdue: int
    closed_unanswered: int
    returned: int
    appealed: int
    upheld: int
    withdrawn: int
    points: int


def list_records(
    connection: Connection, readers: Sequence[str], period: Period, today: date, *, department_id: int | None = None
) -> tuple[RecordRow, ...]:
    """Return the records of the departments that have one in the period, the most points first. Three statements."""
    slips = _count_slips(connection, readers, period, today, department_id)
    points = _sum_points(connection, readers, period, department_id)
    names = _name(connection, {*slips, *points})
    found: list[Any] = [
        (number, *names[number], *slips.get(number, (0,) * _COUNTED), points.get(number, 0))
        for number in {*slips, *points}
    ]
    rows = [RecordRow(*values) for values in found]
    return tuple(sorted(rows, key=lambda row: (-row.points, -row.red, -row.yellow, row.department_id)))


def _happened(action: str) -> ColumnElement[bool]:
    return exists().where(History.item_id == Item.id, History.action == action)


def _first_answer(*, is_late: bool) -> ColumnElement[bool]:
    """Whether the first answer of the row's slip missed its limit, or met it."""
    is_first = ~exists().where(
        _Earlier.item_id == History.item_id, _Earlier.action == "answer", _Earlier.seq < History.seq
    )
    return exists().where(
        and_(
            History.item_id == Item.id,
            History.action == "answer",
            History.data["is_late"].as_boolean().is_(is_late),
            is_first,
        )
    )


def _count_slips(
    connection: Connection, readers: Sequence[str], period: Period, today: date, department_id: int | None
) -> dict[int, tuple[int, ...]]:
    unanswered = and_(Item.closed_at.is_(None), ~_happened("answer"))
    counted = (
        Slip.level == YELLOW,
        Slip.level == RED,
        _first_answer(is_late=False),
        _first_answer(is_late=True),
        unanswered,
        and_(unanswered, Item.due_on < today),
        and_(Item.closed_at.is_not(None), ~_happened("answer")),
        _happened("return"),
        Slip.appealed_at.is_not(None),
        _happened("uphold"),
        _happened("withdraw"),
    )
    statement = (
        select(Item.owner_department_id, *(func.sum(case((what, 1), else_=0)) for what in counted))
        .join(Slip, Slip.item_id == Item.id)
        .where(
            Item.kind == "slip",
            Item.owner_department_id.is_not(None),
            Slip.issued_at >= period.from_at,
            Slip.issued_at < period.to_at,
            is_readable(readers),
        )
        .group_by(Item.owner_department_id)
    )
    if department_id is not None:
        statement = statement.where(Item.owner_department_id == department_id)
    rows: Any = connection.execute(statement)
    return {row[0]: tuple(int(count) for count in row[1:]) for row in rows}


def _sum_points(
    connection: Connection, readers: Sequence[str], period: Period, department_id: int | None
) -> dict[int, int]:
    statement = (
        select(DepartmentMark.department_id, func.sum(DepartmentMark.points))
        .join(Item, Item.id == DepartmentMark.slip_id)
        .where(DepartmentMark.on_day.between(period.from_on, period.to_on), is_readable(readers))
        .group_by(DepartmentMark.department_id)
    )
    if department_id is not None:
        statement = statement.where(DepartmentMark.department_id == department_id)
    return {row[0]: int(row[1]) for row in connection.execute(statement)}


def _name(connection: Connection, department_ids: set[int]) -> dict[int, tuple[str, str | None]]:
    rows = connection.execute(
        select(Department.id, Department.name, Department.name_en).where(Department.id.in_(department_ids))
    )
    return {row[0]: (row[1], row[2]) for row in rows}
