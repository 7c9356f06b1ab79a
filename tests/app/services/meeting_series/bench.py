"""What the tests of series share: a series of the made-up group, and the scheduler's run on a day."""

from datetime import date
from typing import Any

from sqlalchemy import Row, select

from app.core.clock import FixedClock
from app.jobs.meeting import MeetingRun, run_meetings
from app.jobs.tools import Tools
from app.models.item import Item
from app.models.meeting import Meeting
from app.services.calendar import load_table
from app.services.meeting.series.founding import SeriesDraft, found_series
from app.services.recording import Acting
from tests.meeting import Bench
from workflows.calendar_table import read_table


def draft(**more: Any) -> SeriesDraft:  # noqa: ANN401  # fields of a draft
    """Return the draft of a monthly series on the second Tuesday, 14:30."""
    values: dict[str, Any] = {
        "name": "月度协调会", "forum": "office", "day": "weekday:2:tue", "starts": "14:30", "first_month": "2026-03",
        "place": "3号会议室",
    }  # fmt: skip
    return SeriesDraft(**values | more)


def found(bench: Bench, **more: Any) -> int:  # noqa: ANN401  # as above
    """Found a series."""
    return bench.by("office1", lambda act, actor: found_series(act, actor, bench.group_id, draft(**more)))


def run(bench: Bench) -> MeetingRun:
    """Do the scheduler's run at the bench's moment."""
    return run_meetings(Tools(bench.city.database, bench.city.book, FixedClock(bench.now)), bench.now)


def meetings(bench: Bench) -> list[Row[Any]]:
    """Return the meetings with month, local day, state, by month."""
    with bench.city.database.reading() as session:
        rows = session.connection().execute(
            select(Item.id, Item.state, Item.title, *Meeting.__table__.c)
            .join(Meeting, Meeting.item_id == Item.id)
            .order_by(Meeting.month, Item.id)
        )
        return list(rows)


def days(bench: Bench) -> dict[str, date]:
    """Return the day of each month's meeting."""
    return {row.month: row.starts_at.astimezone(bench.city.book.zone).date() for row in meetings(bench)}


def load(bench: Bench, table: dict[str, Any]) -> None:
    """Load a year's table of days off."""
    with bench.city.database.writing() as session:
        acting = Acting(bench.city.people["office1"], "system")
        load_table(session, bench.city.book, acting, bench.now, read_table(table), source="test")
