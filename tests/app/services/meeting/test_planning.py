"""Which meeting comes next: that is where topics go that are sent on."""

from datetime import date

from sqlalchemy import insert

from app.models.meeting import MeetingSeries
from app.services.meeting.planning import find_next
from tests.city import NOW, City
from tests.meeting import Bench


def _found_series(bench: Bench) -> int:
    values = {
        "group_id": bench.group_id, "name": "协调会", "forum": "office", "rule": "weekday:2:tue;rest:next",
        "policy": "next", "starts": "14:30", "first_month": "2026-03", "created_at": NOW,
        "created_by": bench.city.people["office1"],
    }  # fmt: skip
    with bench.city.database.writing() as session:
        made = session.connection().execute(insert(MeetingSeries).values(**values).returning(MeetingSeries.id))
        return int(made.scalar_one())


def test_the_same_series_comes_before_a_meeting_outside_it(city: City) -> None:
    """A topic that is sent on stays in its series, on both databases, though a single meeting lies nearer."""
    bench = Bench.found(city)
    series_id = _found_series(bench)
    first_id = bench.plan(date(2026, 3, 10), series_id=series_id, month="2026-03")
    single_id = bench.plan(date(2026, 3, 20))
    next_id = bench.plan(date(2026, 4, 14), series_id=series_id, month="2026-04")
    with city.database.reading() as session:
        connection = session.connection()
        assert find_next(connection, first_id) == next_id
        assert find_next(connection, single_id) == next_id
        assert find_next(connection, next_id) is None
