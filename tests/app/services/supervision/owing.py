"""What the tests of reports owed share: tasks with a rhythm, what they owe, what their clocks say."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from app.models.escalation import Episode
from app.models.item import ItemClock
from app.models.supervision import ReportOwed
from tests.city import NOW, City
from tests.sweeping import running_task


def reporting_task(city: City, rhythm: str = "weekly", *, now: datetime = NOW, **more: Any) -> int:  # noqa: ANN401
    """Return a task at work since NOW (a Monday) whose rhythm was set at `now`."""
    more.setdefault("due_on", date(2026, 12, 31))
    item_id = running_task(city, **more)
    city.do("office1", item_id, "set_rhythm", {"rhythm": rhythm}, now=now)
    return item_id


def report(city: City, item_id: int, now: datetime) -> None:
    """Report on the task as its assignee."""
    city.do("tra_staff", item_id, "report", {"text": "进展"}, now=now)


def rows_of(city: City, item_id: int) -> list[Row[Any]]:
    """Return the rows of what an item owed, by period."""
    statement = select(ReportOwed).where(ReportOwed.item_id == item_id).order_by(ReportOwed.ends_on)
    with city.database.reading() as session:
        return list(session.connection().execute(statement).all())


def periods(city: City, item_id: int) -> list[str]:
    """Return every period for which a report was ever owed."""
    return [row.period for row in rows_of(city, item_id)]


def owed(city: City, item_id: int) -> list[str]:
    """Return the periods for which a report is owed now."""
    return [row.period for row in rows_of(city, item_id) if row.answered_at is None]


def lapsed(city: City, item_id: int) -> list[str]:
    """Return the periods that were put on record as lapsed."""
    return [row.period for row in rows_of(city, item_id) if row.answered_at == row.recorded_at]


def clock_of(city: City, item_id: int) -> tuple[date | None, datetime | None]:
    """Return when the running period ends, and the last report that counts for it or one before."""
    statement = select(ItemClock.report_ends_on, ItemClock.reported_at).where(ItemClock.item_id == item_id)
    with city.database.reading() as session:
        row = session.connection().execute(statement).one()
        return row[0], row[1]


def episodes(city: City, item_id: int) -> list[Row[Any]]:
    """Return the running episodes of reports, by period."""
    statement = select(Episode).where(Episode.item_id == item_id, Episode.cause == "report", Episode.ended_at.is_(None))
    with city.database.reading() as session:
        return list(session.connection().execute(statement.order_by(Episode.anchor)).all())
