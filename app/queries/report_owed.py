"""Which reports are owed: by department as numbers, one by one with their limits, and what comes next.

Everything goes through `item_access`; a constant number of statements each. Counted is what is at work: an item
that is paused, submitted or closed is asked for nothing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, select, tuple_
from sqlalchemy.engine import Connection

from app.models.item import Item, ItemClock
from app.models.organisation import Department
from app.models.supervision import ReportOwed
from app.policy.owing import is_at_work
from app.queries.cursor import read_cursor, read_date, write_cursor
from app.queries.item import is_readable
from workflows.calendar import Calendar
from workflows.period import CUTOFF_MAX, Rhythm, find_ending

#: A running period that ends within so many working days is told of.
SOON_WORKDAYS = 5
_SORT = "due"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OwedCount:
    """A department's reports: items that report by rule, owed now, of these late, running ones that end soon."""

    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    reporting: int
    owed: int
    late: int
    due_soon: int


@dataclass(frozen=True, slots=True)
class OwedRow:
    """A report that is owed (`id` its row), or (`id` None) the one of a running period; `due_on` ends its limit."""

    id: int | None
    item_id: int
    kind: str
    number: str | None
    title: str
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    period: str
    ends_on: date
    due_on: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class OwedPage:
    """One page, the earliest limit first, and the cursor behind it; None on the last one."""

    rows: tuple[OwedRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class ItemReports:
    """An item's reports: its rhythm, the running period's last day, the last report that counts, what is owed."""

    rhythm: str
    ends_on: date | None
    reported_at: datetime | None
    owed: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True)
class Day:
    """The day for which reports are asked, and until when a running period counts as ending soon."""

    today: date
    soon_on: date
    day_start: Callable[[date], datetime]


def make_day(calendar: Calendar, today: date) -> Day:
    """Return the day with what counts as soon."""
    return Day(today, calendar.add_workdays(today, SOON_WORKDAYS), calendar.day_start)


def count_owed(
    connection: Connection, readers: Sequence[str], day: Day, department_id: int | None = None
) -> tuple[OwedCount, ...]:
    """Return the counts of every department that leads an item with a rhythm, by pinyin. One statement."""
    owed = (
        select(
            ReportOwed.item_id,
            func.count().label("owed"),
            func.sum(case((ReportOwed.due_on < day.today, 1), else_=0)).label("late"),
        )
        .where(ReportOwed.answered_at.is_(None))
        .group_by(ReportOwed.item_id)
        .subquery()
    )
    statement = (
        select(
            Item.owner_department_id, Department.name, Department.name_en, func.count(),
            func.coalesce(func.sum(owed.c.owed), 0), func.coalesce(func.sum(owed.c.late), 0),
            func.sum(case((_comes(day), 1), else_=0)),
        )
        .join(ItemClock, ItemClock.item_id == Item.id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .outerjoin(owed, owed.c.item_id == Item.id)
        .where(Item.report_rhythm.is_not(None), is_at_work(), is_readable(readers))
        .group_by(Item.owner_department_id, Department.name, Department.name_en, Department.sort_key)
        .order_by(Department.sort_key, Item.owner_department_id)
    )  # fmt: skip
    if department_id is not None:
        statement = statement.where(Item.owner_department_id == department_id)
    return tuple(OwedCount(*row[:3], *map(int, row[3:])) for row in connection.execute(statement))


def _comes(day: Day) -> ColumnElement[bool]:
    """Return the condition that the clock's running period ends soon and has no report yet."""
    terms = [
        and_(
            Item.report_rhythm == rhythm,
            ItemClock.report_ends_on == ends_on,
            or_(ItemClock.reported_at.is_(None), ItemClock.reported_at < starts_at),
        )
        for rhythm, ends_on, starts_at in _ends(day)
    ]
    return or_(false(), *terms)


def _ends(day: Day) -> Iterator[tuple[str, date, datetime]]:
    """Yield what can end from today until soon: (rhythm, last day, first instant)."""
    for ahead in range((day.soon_on - day.today).days + 1):
        ends_on = day.today + ahead * _DAY
        is_last = (ends_on + _DAY).day == 1
        for rhythm in Rhythm:
            # A month that does not end with its last day ends with the cut-off day.
            if rhythm is Rhythm.MONTHLY and not is_last and ends_on.day > CUTOFF_MAX:
                continue
            period = find_ending(rhythm, ends_on, 0 if is_last else min(ends_on.day, CUTOFF_MAX))
            if period.ends_on == ends_on:
                yield rhythm.value, ends_on, day.day_start(period.starts_on)


_ITEM: tuple[Any, ...] = (
    Item.id, Item.kind, Item.number, Item.title, Item.owner_department_id, Department.name, Department.name_en,
)  # fmt: skip


def list_owed(
    connection: Connection,
    readers: Sequence[str],
    day: Day,
    *,
    departments: Collection[int] | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> OwedPage:
    """Return one page of what is owed, of `departments` (as lead or as the section that it was handed to) or of all.

    InvalidError for a cursor that is not of this list. One statement.
    """
    statement = (
        select(ReportOwed.id, *_ITEM, ReportOwed.period, ReportOwed.ends_on, ReportOwed.due_on)
        .join(Item, Item.id == ReportOwed.item_id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(ReportOwed.answered_at.is_(None), is_at_work(), is_readable(readers), _is_of(departments))
        .order_by(ReportOwed.due_on, ReportOwed.id)
        .limit(limit + 1)
    )
    if cursor is not None:
        value, last_id = read_cursor(cursor, _SORT)
        after = tuple_(ReportOwed.due_on, ReportOwed.id)
        statement = statement.where(after > tuple_(literal(read_date(value)), literal(last_id)))
    found: Iterable[Any] = connection.execute(statement)
    rows = [_make_row(row, is_late=row.due_on < day.today) for row in found]
    more = rows[limit - 1] if len(rows) > limit else None
    return OwedPage(
        tuple(rows[:limit]), None if more is None else write_cursor(_SORT, more.due_on.isoformat(), more.id or 0)
    )


def list_coming(
    connection: Connection, readers: Sequence[str], day: Day, departments: Collection[int], *, limit: int = 50
) -> tuple[OwedRow, ...]:
    """Return the running periods of `departments` that end soon and have no report yet. One statement."""
    rows: Iterable[Any] = connection.execute(
        select(*_ITEM, Item.report_rhythm, ItemClock.report_ends_on)
        .join(ItemClock, ItemClock.item_id == Item.id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(is_at_work(), is_readable(readers), _is_of(departments), _comes(day))
        .order_by(ItemClock.report_ends_on, Item.id)
        .limit(limit)
    )
    return tuple(
        _make_row((None, *row[:-2], find_ending(row[-2], row[-1]).key, row[-1], row[-1]), is_late=False) for row in rows
    )


def _make_row(values: Any, *, is_late: bool) -> OwedRow:  # noqa: ANN401  # a row
    return OwedRow(*(*values, is_late))


def _is_of(departments: Collection[int] | None) -> ColumnElement[bool]:
    if departments is None:
        return Item.id.is_not(None)
    ids = sorted(departments)
    return or_(Item.owner_department_id.in_(ids), Item.section_id.in_(ids))


def find_reports(connection: Connection, readers: Sequence[str], item_id: int) -> ItemReports | None:
    """Return how an item reports; None for one without a rhythm, or that the caller may not read. Two statements."""
    row: Any = connection.execute(
        select(Item.report_rhythm, ItemClock.report_ends_on, ItemClock.reported_at)
        .join(ItemClock, ItemClock.item_id == Item.id)
        .where(Item.id == item_id, Item.report_rhythm.is_not(None), is_readable(readers))
    ).first()
    if row is None:
        return None
    owed = connection.execute(
        select(ReportOwed.period, ReportOwed.due_on)
        .where(ReportOwed.item_id == item_id, ReportOwed.answered_at.is_(None))
        .order_by(ReportOwed.due_on)
    )
    return ItemReports(row[0], row[1], row[2], tuple((one.period, one.due_on) for one in owed))
