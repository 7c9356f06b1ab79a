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
