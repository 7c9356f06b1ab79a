"""Closing among people and sweeps at the same moment: every period once, no report lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

from app.services.supervision.report_periods import close_periods
from tests.app.services.supervision.owing import episodes, owed, periods, report, reporting_task, rows_of
from tests.city import City
from tests.sweeping import local, sweep

MONDAY = local(2026, 3, 9)


def _close(city: City) -> str:
    """Close in a unit of its own; returns the faults, as text."""
    return str(city.database.write(lambda session: close_periods(session, city.book, MONDAY)))


def _report(city: City, item_id: int) -> str:
    report(city, item_id, MONDAY + timedelta(minutes=1))
    return "[]"


def test_many_closings_at_once_owe_each_period_once(city: City) -> None:
    """Eight closings at the same moment: one row and one episode an item, as after a kill and a restart."""
    ids = [reporting_task(city, title=f"事项{number}") for number in range(6)]
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: _close(city), range(8))) == {"[]"}
    sweep(city, MONDAY)
    for item_id in ids:
        assert periods(city, item_id) == ["2026-W10"]
        assert [episode.anchor for episode in episodes(city, item_id)] == ["2026-W10"]


def test_a_report_at_the_moment_of_the_closing_is_never_lost(city: City) -> None:
    """Whichever comes first, the week is owed once and answered by the report, and no episode runs on."""
    ids = [reporting_task(city, title=f"事项{number}") for number in range(6)]
    work: list[Callable[[], str]] = [partial(_report, city, item_id) for item_id in ids]
    for place in (0, 3, 6):
        work.insert(place, partial(_close, city))
    with ThreadPoolExecutor(6) as pool:
        assert {future.result() for future in [pool.submit(one) for one in work]} == {"[]"}
    sweep(city, MONDAY + timedelta(hours=1))
    for item_id in ids:
        assert [(row.period, row.answered_at) for row in rows_of(city, item_id)] == [
            ("2026-W10", MONDAY + timedelta(minutes=1))
        ]
        assert (owed(city, item_id), episodes(city, item_id)) == ([], [])
