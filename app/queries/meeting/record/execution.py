"""How well decisions are carried out: per meeting, per lead department, per year, per group. One statement each.

Counted is what the reader may read, so two readers may see two rates of one meeting; the page says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, repeat
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item
from app.models.meeting import Meeting
from app.models.organisation import Department
from app.models.topic import Decision
from app.queries.item import is_readable
from app.queries.meeting.record.standing import COUNTED, standing_of
from workflows.meeting.follow_up import STANDINGS, Rate, Standing, measure

By = Literal["meeting", "department", "year", "group"]
BYS: tuple[By, ...] = ("meeting", "department", "year", "group")
#: Meetings shown at once, the last first; all count in the total.
MEETINGS_MAX = 100
_Sitting = aliased(Item, name="sitting")
_Group = aliased(Item, name="meeting_group")
_Held = aliased(Item, name="held")


@dataclass(frozen=True, slots=True)
class ExecutionFilter:
    """Which decisions count; None does not restrict. `begins_at` and `ends_before` bound the meetings' beginning.

    `as_then`: what was settled after the day that is asked for is not done yet. `is_public`: nothing confidential.
    """

    group_id: int | None = None
    meeting_id: int | None = None
    department_id: int | None = None
    begins_at: datetime | None = None
    ends_before: datetime | None = None
    as_then: bool = False
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class ExecutionRow:
    """A row: what it is about (`id` None: no department, no group; `name` None: not for the reader), and the rate."""

    id: int | None
    name: str | None
    name_en: str | None
    starts_at: datetime | None
    rate: Rate


@dataclass(frozen=True, slots=True)
class Execution:
    """The rows and the rate over all of them; `is_cut`: older meetings are counted but not shown."""

    rows: tuple[ExecutionRow, ...]
    total: Rate
    is_cut: bool = False


def read_execution(
    connection: Connection, readers: Sequence[str], by: By, wanted: ExecutionFilter, today: date, zone: ZoneInfo
) -> Execution:
    """Return the execution of the decisions that `readers` may read; one statement."""
    found = connection.execute(_select(readers, by, wanted, today)).all()
    total = _add([_counts(row) for row in found])
    if by == "year":
        return Execution(_by_year(found, zone), total)
    rows = [ExecutionRow(row.id, row.name, row.name_en, row.starts_at, _rate(_counts(row))) for row in found]
    return Execution(tuple(rows[:MEETINGS_MAX] if by == "meeting" else rows), total,
                     by == "meeting" and len(rows) > MEETINGS_MAX)  # fmt: skip


def _select(readers: Sequence[str], by: By, wanted: ExecutionFilter, today: date) -> Select[Any]:
    standing = (
        select(
            Decision.meeting_id, Item.owner_department_id, Meeting.group_id, Meeting.starts_at,
            standing_of(today, as_then=wanted.as_then).label("standing"),
        )
        .join(Decision, Decision.item_id == Item.id)
        .join(Meeting, Meeting.item_id == Decision.meeting_id)
        .where(Item.kind == "decision", Item.state.in_(COUNTED), is_readable(readers), *_conditions(wanted))
        .subquery("stands")
    )  # fmt: skip
    counts = [
        func.sum(case((standing.c.standing == name, 1), else_=0)).label(name) for name in STANDINGS
    ]  # fmt: skip
    starts_at, own = func.max(standing.c.starts_at).label("starts_at"), standing.c
    statement: Any
    if by == "department":
        statement = (
            select(Department.id, Department.name, Department.name_en, starts_at, *counts)
            .select_from(standing)
            .outerjoin(Department, Department.id == own.owner_department_id)
            .group_by(Department.id, Department.name, Department.name_en, Department.sort_key)
            .order_by(Department.id.is_(None), Department.sort_key, Department.id)
        )
        return cast("Select[Any]", statement)
    of, column = (_Group, own.group_id) if by == "group" else (_Sitting, own.meeting_id)
    name = case((is_readable(readers, of.id), of.title), else_=None).label("name")
    statement = (
        select(of.id, name, name.label("name_en"), starts_at, *counts)
        .select_from(standing)
        .outerjoin(of, of.id == column)
        .group_by(of.id, of.title)
        .order_by(func.max(own.starts_at).desc(), of.id.desc())
    )
    return cast("Select[Any]", statement)


def _conditions(wanted: ExecutionFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, value in (
        (Meeting.group_id, wanted.group_id),
        (Decision.meeting_id, wanted.meeting_id),
        (Item.owner_department_id, wanted.department_id),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.begins_at is not None:
        found.append(Meeting.starts_at >= wanted.begins_at)
    if wanted.ends_before is not None:
        found.append(Meeting.starts_at < wanted.ends_before)
    if wanted.is_public:
        found += [~Item.confidential, ~exists().where(_Held.id == Decision.meeting_id, _Held.confidential)]
    return found


def _counts(row: Any) -> dict[Standing, int]:  # noqa: ANN401  # a row
    return {name: int(getattr(row, name) or 0) for name in STANDINGS}


def _add(counts: Sequence[dict[Standing, int]]) -> Rate:
    return _rate({name: sum(one[name] for one in counts) for name in STANDINGS})


def _rate(counts: dict[Standing, int]) -> Rate:
    return measure(chain.from_iterable(repeat(name, count) for name, count in counts.items()))


def _by_year(found: Sequence[Any], zone: ZoneInfo) -> tuple[ExecutionRow, ...]:
    """Return the years of the city's calendar, the last first; the statement gave the meetings."""
    years: dict[int, list[dict[Standing, int]]] = {}
    for row in found:
        years.setdefault(row.starts_at.astimezone(zone).year, []).append(_counts(row))
    return tuple(
        ExecutionRow(year, str(year), str(year), None, _add(counts)) for year, counts in sorted(years.items())[::-1]
    )


def list_years(connection: Connection, readers: Sequence[str], zone: ZoneInfo) -> tuple[int, ...]:
    """Return the years of meetings that have decisions for the reader, the last first; one statement."""
    row = connection.execute(
        select(func.min(Meeting.starts_at), func.max(Meeting.starts_at))
        .join(Item, Item.id == Meeting.item_id)
        .where(is_readable(readers))
    ).one()
    first_at, last_at = cast("tuple[datetime | None, datetime | None]", tuple(row))
    if first_at is None or last_at is None:
        return ()
    return tuple(range(last_at.astimezone(zone).year, first_at.astimezone(zone).year - 1, -1))


def list_groups(connection: Connection, readers: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Return the groups that the reader may read, by their titles' order; one statement."""
    rows = connection.execute(
        select(Item.id, Item.title)
        .where(Item.kind == "leadership_group", is_readable(readers))
        .order_by(Item.sort_key, Item.id)
    )
    return tuple((row[0], row[1]) for row in rows)
