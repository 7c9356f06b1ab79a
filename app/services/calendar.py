"""Loads a published calendar table, and makes anew what was counted with the old one.

A table replaces its year's rows and makes the year official; a forecast only adds days and leaves the year
provisional. Dates that were computed move, typed ones stay, closed items stay; every move is audited.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.errors import ConflictError, Sentence
from app.models.item import Item
from app.models.rule import CalendarDay, CalendarYear
from app.policy.access import list_readable
from app.services.escalation.recalculation import Moved, compute_due, recalculate
from app.services.recording import Acting, write_audit
from app.services.rulebook import Rulebook
from workflows.calendar_table import CalendarTable


@dataclass(frozen=True, slots=True)
class Loading:
    """What a load did: days whose nature changed, due dates, bases and rung instants that moved."""

    year: int
    is_forecast: bool
    days: int
    moved: Moved


def load_table(
    session: Session, book: Rulebook, acting: Acting, now: datetime, table: CalendarTable, *, source: str
) -> Loading:
    """Replace the year of `table` and recalculate; ConflictError for a forecast of a year that is official.

    Idempotent: the same table again changes no day and moves nothing. Take the `sweep` lock around it.
    """
    connection = session.connection()
    known = connection.execute(select(CalendarYear).where(CalendarYear.year == table.year)).first()
    changed = [change.on for change in _replace(connection, now, table)]
    write_audit(
        connection, acting, now, action="calendar.load", source=source, subject=str(table.year),
        before=None if known is None else {"source": known.source, "is_forecast": known.is_forecast},
        after={"source": table.source, "is_forecast": table.forecast, "days": [on.isoformat() for on in changed]},
    )  # fmt: skip
    moved = recalculate(connection, book, acting, now, changed, source=source) if changed else Moved()
    return Loading(table.year, table.forecast, len(changed), moved)


@dataclass(frozen=True, slots=True)
class DayChange:
    """A listed day whose nature a load changes: "holiday", "makeup", or None for what its weekday says."""

    on: date
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class DueMove:
    """A computed due date that a load moves."""

    item_id: int
    kind: str
    number: str | None
    title: str
    old_on: date
    new_on: date


@dataclass(frozen=True, slots=True)
class LoadingPlan:
    """What a load would do: the days that change, how many due dates move, the first of those that may be shown."""

    table: CalendarTable
    changes: tuple[DayChange, ...]
    moves: int
    shown: tuple[DueMove, ...]


#: So many moves are shown one by one before a load.
SHOWN_MOVES = 50


def plan_table(
    session: Session, book: Rulebook, now: datetime, table: CalendarTable, readers: Sequence[str]
) -> LoadingPlan:
    """Return what `load_table` would do, and leave nothing written; ConflictError as there.

    `moves` counts all due dates that move (the load's effect on the city); only items that `readers` may read are
    shown one by one. Needs a writing unit: the table stands in a savepoint while the dates are counted.
    """
    connection = session.connection()
    savepoint = connection.begin_nested()
    try:
        changes = _replace(connection, now, table)
        # A rulebook of its own: the shared one must not keep a calendar that is taken back.
        calendar = Rulebook(book.zone, book.hours).calendar(connection)
    finally:
        savepoint.rollback()
    rows = connection.execute(
        select(Item.id, Item.kind, Item.number, Item.title, Item.due_on, Item.due_basis)
        .where(Item.closed_at.is_(None), Item.due_source == "computed")
        .order_by(Item.id)
    ).all()
    moves = [
        DueMove(row.id, row.kind, row.number, row.title, row.due_on, new_on)
        for row in rows
        if (new_on := compute_due(calendar, row.id, row.due_basis)) is not None and new_on != row.due_on
    ]
    readable = list_readable(connection, [move.item_id for move in moves], readers)
    shown = [move for move in moves if move.item_id in readable][:SHOWN_MOVES]
    return LoadingPlan(table, tuple(changes), len(moves), tuple(shown))


def _replace(connection: Connection, now: datetime, table: CalendarTable) -> list[DayChange]:
    """Write the table over its year; return the days that changed, in order. ConflictError: the year is official."""
    known = connection.execute(select(CalendarYear).where(CalendarYear.year == table.year)).first()
    if table.forecast and known is not None and not known.is_forecast:
        raise ConflictError(
            "year_is_official",
            Sentence(
                f"{table.year}年已有正式安排，不能用预测替换。",
                f"{table.year} has its official table; a forecast does not replace it.",
            ),
        )
    before = _read_days(connection)
    _write_table(connection, now, table)
    after = _read_days(connection)
    return [
        DayChange(on, before.get(on), after.get(on))
        for on in sorted(before.keys() | after.keys())
        if before.get(on) != after.get(on)
    ]


def _read_days(connection: Connection) -> dict[date, str]:
    return {row.on_day: row.kind for row in connection.execute(select(CalendarDay.on_day, CalendarDay.kind))}


def _write_table(connection: Connection, now: datetime, table: CalendarTable) -> None:
    official = set(
        connection.execute(
            select(CalendarYear.year).where(CalendarYear.is_forecast.is_(False), CalendarYear.year != table.year)
        ).scalars()
    )
    # Rulebooks notice a load by its time, so two loads never share one.
    last_at = connection.execute(select(func.max(CalendarYear.loaded_at))).scalar_one()
    loaded_at = now if last_at is None else max(now, last_at + timedelta(microseconds=1))
    connection.execute(delete(CalendarDay).where(CalendarDay.table_year == table.year))
    connection.execute(delete(CalendarYear).where(CalendarYear.year == table.year))
    connection.execute(
        insert(CalendarYear).values(
            year=table.year, source=table.source[:300], loaded_at=loaded_at, is_forecast=table.forecast
        )
    )
    days = {day.on: day for day in table.days if not (table.forecast and day.on.year in official)}
    others = connection.execute(
        select(CalendarDay.on_day, CalendarDay.table_year).where(CalendarDay.on_day.in_(days))
    ).all()
    # A day that two notices list follows the newer one; a forecast gives way to every published table.
    kept = {
        on for on, year in others
        if year in official and (table.forecast or year > table.year)
    }  # fmt: skip
    connection.execute(delete(CalendarDay).where(CalendarDay.on_day.in_({on for on, _ in others} - kept)))
    rows: list[dict[str, Any]] = [
        {"table_year": table.year, "on_day": on, "kind": "makeup" if day.working else "holiday", "name": day.name[:60]}
        for on, day in days.items()
        if on not in kept
    ]
    if rows:
        connection.execute(insert(CalendarDay), rows)


def provisional_years(connection: Connection, years: Iterable[int]) -> list[int]:
    """Return those of `years` for which no official table is loaded: dates that rest on them are provisional."""
    wanted = sorted(set(years))
    official = connection.execute(
        select(CalendarYear.year).where(CalendarYear.year.in_(wanted), CalendarYear.is_forecast.is_(False))
    ).scalars()
    known = set(official)
    return [year for year in wanted if year not in known]
