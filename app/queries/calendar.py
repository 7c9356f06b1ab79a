"""The working calendar as people look at it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.rule import CalendarDay, CalendarYear


@dataclass(frozen=True, slots=True)
class ListedDay:
    """A day that differs from its weekday: "holiday" or "makeup"."""

    on_day: date
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class ListedYear:
    """A year's listed days; official once its published table is loaded, else provisional."""

    year: int
    is_official: bool
    is_forecast: bool
    source: str | None
    loaded_at: datetime | None
    days: tuple[ListedDay, ...]


@dataclass(frozen=True, slots=True)
class KnownYear:
    """A year of which a table was loaded."""

    year: int
    is_forecast: bool
    source: str
    loaded_at: datetime


def list_years(session: Session) -> tuple[KnownYear, ...]:
    """Return the years of which a table was loaded, the latest first; one statement."""
    rows = session.connection().execute(
        select(CalendarYear.year, CalendarYear.is_forecast, CalendarYear.source, CalendarYear.loaded_at)
        .order_by(CalendarYear.year.desc())
    )  # fmt: skip
    return tuple(KnownYear(*row) for row in rows)


def write_table(session: Session, year: int) -> dict[str, object] | None:
    """Return the loaded table of `year` day by day, as `workflows.calendar_table` reads it; None without one.

    What a newer notice for another year says of a day stands in that year's table.
    """
    connection = session.connection()
    known = connection.execute(
        select(CalendarYear.source, CalendarYear.is_forecast).where(CalendarYear.year == year)
    ).first()
    if known is None:
        return None
    days = connection.execute(
        select(CalendarDay.on_day, CalendarDay.kind, CalendarDay.name)
        .where(CalendarDay.table_year == year)
        .order_by(CalendarDay.on_day)
    )
    return {
        "year": year,
        "source": known.source,
        **({"forecast": True} if known.is_forecast else {}),
        "days": [{"name": day.name, "date": day.on_day.isoformat(), "isOffDay": day.kind == "holiday"} for day in days],
    }


def read_year(session: Session, year: int) -> ListedYear:
    """Return the listed days of `year`; two statements."""
    connection = session.connection()
    row = connection.execute(
        select(CalendarYear.source, CalendarYear.loaded_at, CalendarYear.is_forecast).where(CalendarYear.year == year)
    ).first()
    days = connection.execute(
        select(CalendarDay.on_day, CalendarDay.kind, CalendarDay.name)
        .where(CalendarDay.on_day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(CalendarDay.on_day)
    )
    return ListedYear(
        year=year,
        is_official=row is not None and not row.is_forecast,
        is_forecast=row is not None and row.is_forecast,
        source=row.source if row else None,
        loaded_at=row.loaded_at if row else None,
        days=tuple(ListedDay(*day) for day in days),
    )
