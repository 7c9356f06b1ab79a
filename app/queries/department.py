"""Reads departments: the list for pickers, and what they were called on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, or_, select, tuple_
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError, Sentence
from app.core.text import fold
from app.models.organisation import Department, DepartmentName
from app.queries.cursor import read_cursor, write_cursor


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


#: Built once: every list and every item's page names departments.
_DEPARTMENTS = select(
    Department.id, Department.code, Department.name, Department.name_en, Department.short_name,
    Department.parent_id, Department.from_on, Department.to_on, Department.successor_id,
).order_by(Department.sort_key, Department.id)  # fmt: skip
_OPEN_DEPARTMENTS = _DEPARTMENTS.where(or_(Department.to_on.is_(None), Department.to_on > bindparam("today")))


def list_departments(connection: Connection, today: date, *, with_closed: bool = False) -> list[DepartmentRow]:
    """Return the departments by pinyin; closed ones only when asked for."""
    found = connection.execute(_DEPARTMENTS) if with_closed else connection.execute(_OPEN_DEPARTMENTS, {"today": today})
    return [DepartmentRow(*row) for row in found]


def find_name(connection: Connection, department_id: int) -> Sentence | None:
    """Return what a department is called now; None when there is no such department."""
    row = connection.execute(
        select(Department.name, Department.name_en).where(Department.id == department_id)
    ).first()  # fmt: skip
    return None if row is None else Sentence(row.name, row.name_en or row.name)


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


@dataclass(frozen=True, slots=True)
class DepartmentView(DepartmentRow):
    """A department with its version and what it was called before."""

    version: int
    names: tuple["NamedOn", ...] = ()


@dataclass(frozen=True, slots=True)
class NamedOn:
    """A name and the days on which it held (half-open)."""

    name: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class DepartmentPage:
    """A page of departments."""

    items: tuple[DepartmentView, ...]
    next_cursor: str | None


_VIEW = (
    Department.id, Department.code, Department.name, Department.name_en, Department.short_name, Department.parent_id,
    Department.from_on, Department.to_on, Department.successor_id, Department.version,
)  # fmt: skip
_SORT = "name"


def page_departments(
    connection: Connection,
    today: date,
    *,
    with_closed: bool = False,
    words: str = "",
    limit: int = 50,
    cursor: str | None = None,
) -> DepartmentPage:
    """Return departments by pinyin with all their names; `words` are looked for in present and former names."""
    statement = select(*_VIEW, Department.sort_key).order_by(Department.sort_key, Department.id).limit(limit + 1)
    if not with_closed:
        statement = statement.where(or_(Department.to_on.is_(None), Department.to_on > today))
    for word in fold(words).split():
        named = select(DepartmentName.department_id).where(DepartmentName.folded.contains(word, autoescape=True))
        statement = statement.where(or_(Department.id.in_(named), func.lower(Department.code) == word))
    if cursor is not None:
        statement = statement.where(tuple_(Department.sort_key, Department.id) > read_cursor(cursor, _SORT))
    rows: Sequence[Any] = connection.execute(statement).all()
    page = rows[:limit]
    names = list_names(connection, [row.id for row in page])
    items = tuple(_view(row[:-1], names.get(row.id, ())) for row in page)
    return DepartmentPage(items, write_cursor(_SORT, page[-1].sort_key, page[-1].id) if len(rows) > limit else None)


def read_view(connection: Connection, department_id: int) -> DepartmentView:
    """Return one department with all its names; NotFoundError when there is none."""
    row: Any = connection.execute(select(*_VIEW).where(Department.id == department_id)).first()
    if row is None:
        raise NotFoundError("没有这个部门。", "There is no such department.")
    return _view(row, list_names(connection, [department_id]).get(department_id, ()))


def list_names(connection: Connection, department_ids: Iterable[int]) -> dict[int, tuple[NamedOn, ...]]:
    """Return every name of each department, the present one first, then the one that ended last."""
    rows = connection.execute(
        select(DepartmentName.department_id, DepartmentName.name, DepartmentName.from_on, DepartmentName.to_on)
        .where(DepartmentName.department_id.in_(tuple(department_ids)))
        .order_by(DepartmentName.to_on.is_(None).desc(), DepartmentName.to_on.desc(), DepartmentName.id.desc())
    )
    found: dict[int, list[NamedOn]] = {}
    for department_id, name, from_on, to_on in rows:
        found.setdefault(department_id, []).append(NamedOn(name, from_on, to_on))
    return {department_id: tuple(names) for department_id, names in found.items()}


def _view(row: Any, names: tuple[NamedOn, ...]) -> DepartmentView:  # noqa: ANN401  # a row of _VIEW
    values: tuple[Any, ...] = (*row, names)
    return DepartmentView(*values)
