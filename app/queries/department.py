"""Reads departments: the list for pickers, and what they were called on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.models.organisation import Department, DepartmentName


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department as lists show it."""

    id: int
    code: str
    name: str
    name_en: str | None
    short_name: str | None
    parent_id: int | None
    from_on: date
    to_on: date | None
    successor_id: int | None


def list_departments(connection: Connection, today: date, *, with_closed: bool = False) -> list[DepartmentRow]:
    """Return the departments by pinyin; closed ones only when asked for."""
    statement = select(
        Department.id, Department.code, Department.name, Department.name_en, Department.short_name,
        Department.parent_id, Department.from_on, Department.to_on, Department.successor_id,
    ).order_by(Department.sort_key, Department.id)  # fmt: skip
    if not with_closed:
        statement = statement.where(or_(Department.to_on.is_(None), Department.to_on > today))
    return [DepartmentRow(*row) for row in connection.execute(statement)]


def name_departments(connection: Connection, department_ids: Iterable[int], on: date) -> dict[int, str]:
    """Return what each department was called on a day: the papers of that time keep that name.

    Before its first name a department has the first one, after its last one the last.
    """
    rows = connection.execute(
        select(DepartmentName.department_id, DepartmentName.name, DepartmentName.from_on, DepartmentName.to_on)
        .where(DepartmentName.department_id.in_(tuple(department_ids)))
        .order_by(DepartmentName.department_id, DepartmentName.from_on, DepartmentName.id)
    ).all()
    best: dict[int, tuple[tuple[int, date], str]] = {}
    for department_id, name, from_on, to_on in rows:
        rank = _rank(on, from_on, to_on)
        if department_id not in best or rank >= best[department_id][0]:
            best[department_id] = (rank, name)
    return {department_id: name for department_id, (_, name) in best.items()}


def _rank(on: date, from_on: date, to_on: date | None) -> tuple[int, date]:
    """Order names for a day: one that holds (given last), else one that has ended (last), else the first to come."""
    if from_on <= on:
        return (2, from_on) if to_on is None or to_on > on else (1, to_on)
    return (0, date.fromordinal(date.max.toordinal() - from_on.toordinal()))
