"""On which days a series meets: its rule laid over the calendar as it is loaded now, holidays by their names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.item import Item
from app.models.meeting import Meeting, MeetingSeries
from app.models.rule import CalendarDay
from app.services.meeting.standing import AHEAD
from app.services.rulebook import Rulebook
from workflows.calendar import LAST_ON, Calendar
from workflows.meeting.recurrence import Occurrence, SeriesRule, occurrences, parse_rule

_YEAR = 12


@dataclass(frozen=True, slots=True)
class Slot:
    """When one meeting is to be: instants in UTC, and the days of call, cut-off and notice before it."""

    starts_at: datetime
    ends_at: datetime
    call_on: date
    cutoff_on: date
    notice_on: date


def read_series(connection: Connection, series_id: int, *, lock: bool = False) -> Any:  # noqa: ANN401  # a row or None
    """Return a series as it stands, locked if wanted; None when there is none."""
    columns = MeetingSeries.__table__.c
    statement = select(*columns).where(MeetingSeries.id == series_id)
    return connection.execute(statement.with_for_update() if lock else statement).first()


def read_names(connection: Connection, first: str, last: str) -> dict[date, str]:
    """Return the names of the listed days off of the years of two months, both included; one statement."""
    rows = connection.execute(
        select(CalendarDay.on_day, CalendarDay.name).where(
            CalendarDay.kind == "holiday",
            CalendarDay.on_day.between(date(int(first[:4]), 1, 1), date(int(last[:4]), 12, 31)),
        )
    )
    return {row.on_day: row.name for row in rows}


def preview(
    connection: Connection, book: Rulebook, rule: SeriesRule, first: str, *, last: str | None = None, count: int = _YEAR
) -> tuple[Occurrence, ...]:
    """Return the periods of `count` months from `first` ("YYYY-MM") on, at most until `last`; one statement.

    Skipped periods are among them with their reason. Beyond the calendar's last year there is nothing.
    """
    ends = min(add_months(first, count - 1), last or "9999-12", f"{LAST_ON:%Y-%m}")
    if ends < first:
        return ()
    months = count_months(first, ends) + 1
    wanted = sum(rule.meets_in(add_months(first, place)) for place in range(months))
    if not wanted:
        return ()
    return occurrences(rule, book.calendar(connection), first, wanted, read_names(connection, first, ends))


def lay_slot(book: Rulebook, calendar: Calendar, series: Any, on: date) -> Slot:  # noqa: ANN401  # a row
    """Return when the meeting of a series on a day begins and ends, and what is due before it."""
    starts_at = datetime.combine(on, time.fromisoformat(series.starts), tzinfo=book.zone).astimezone(UTC)
    return Slot(
        starts_at, starts_at + timedelta(minutes=series.duration_minutes),
        *(calendar.add_workdays(on, -days) for days in
          (series.call_workdays, series.cutoff_workdays, series.notice_workdays)),
    )  # fmt: skip


def find_next_day(connection: Connection, book: Rulebook, meeting_id: int) -> date | None:
    """Return the day on which the meeting after this one is held: what is due "next meeting" is due then (case P41).

    The next planned meeting of its series (else of its group and forum), wherever it was moved to; not planned yet,
    the day by the series' rule, periods that are skipped left out. None: nobody knows of a next one.
    """
    own = connection.execute(
        select(Meeting.group_id, Meeting.series_id, Meeting.forum, Meeting.month, Meeting.starts_at).where(
            Meeting.item_id == meeting_id
        )
    ).one()
    same = Meeting.series_id == own.series_id if own.series_id is not None else Meeting.forum == own.forum
    planned = connection.execute(
        select(Meeting.starts_at)
        .join(Item, Item.id == Meeting.item_id)
        .where(
            Meeting.group_id == own.group_id, same, Meeting.item_id != meeting_id, Meeting.starts_at > own.starts_at,
            Item.state.in_(AHEAD), Item.state != "postponed",
        )
        .order_by(Meeting.starts_at)
        .limit(1)
    ).scalar()  # fmt: skip
    if planned is not None:
        return planned.astimezone(book.zone).date()
    series = None if own.series_id is None else read_series(connection, own.series_id)
    if series is None:
        return None
    after = own.starts_at.astimezone(book.zone).date()
    cancelled = set(
        connection.execute(
            select(Meeting.month)
            .join(Item, Item.id == Meeting.item_id)
            .where(Meeting.series_id == own.series_id, Item.state == "cancelled")
        ).scalars()
    )
    first = max(series.first_month, f"{after:%Y-%m}")
    found = preview(connection, book, parse_rule(series.rule), first, last=series.last_month, count=2 * _YEAR)
    return next((one.on for one in found if one.on is not None and one.on > after and one.month not in cancelled), None)


def add_months(month: str, count: int) -> str:
    """Return the month ("YYYY-MM") so many months later."""
    index = int(month[:4]) * _YEAR + int(month[5:]) - 1 + count
    return f"{index // _YEAR:04d}-{index % _YEAR + 1:02d}"


def count_months(first: str, last: str) -> int:
    """Return how many months lie from one month to another."""
    return (int(last[:4]) - int(first[:4])) * _YEAR + int(last[5:]) - int(first[5:])


def by_month(found: tuple[Occurrence, ...]) -> Mapping[str, Occurrence]:
    """Return periods by their month."""
    return {one.month: one for one in found}
