"""The monthly cut-off of the progress report: facts after it count for the next month; without one nothing changes."""

from datetime import date
from functools import partial

import pytest

from app.core.errors import InvalidError
from app.edge.reporting import read_progress
from app.services.entering import NewItem
from app.services.recording import Acting
from app.services.rules import set_rule
from reports.progress import ProgressReport, Words
from reports.wording import say
from tests.city import City
from tests.client import Caller
from tests.sweeping import local

READERS = ("OFFICE",)


def _set_cutoff(city: City, value: str) -> None:
    """Set the cut-off from 1 March on."""
    acting = Acting(city.people["office1"], "office")
    city.database.write(
        partial(
            set_rule, book=city.book, acting=acting, now=local(2026, 3, 1), key="terms.report_cutoff_day", value=value,
            from_on=None, note="", apply_open=False, source="test",
        )
    )  # fmt: skip


def _running_project(city: City) -> int:
    """Return a project at work since 1 March."""
    new = NewItem("project", "数据共享", city.departments["TRA"], due_on=date(2026, 12, 31), state="in_progress")
    return city.enter(new, now=local(2026, 3, 1))[0]


def _report(city: City, item_id: int, pct: int, day: int) -> None:
    city.do("tra_head", item_id, "report", {"text": "进展", "progress_pct": pct}, now=local(2026, 3, day))


def _read(caller: Caller, month: int) -> ProgressReport:
    caller.clock.set(local(2026, 4, 27))
    return read_progress(caller.context, READERS, 2026, month)


def _note(report: ProgressReport) -> Words | None:
    return next((note.text for note in report.notes if say(note.term, "zh") == "统计期间"), None)


def _figure(report: ProgressReport, key: str) -> tuple[object, int | None]:
    figure = next(one for one in report.figures if one.key == key)
    return figure.value, figure.base


def test_facts_after_the_cutoff_count_for_the_next_month(caller: Caller) -> None:
    """The 25th is March's last day: the report of the 20th is March's, that of the 28th is April's."""
    city = caller.city
    _set_cutoff(city, "25")
    item_id = _running_project(city)
    _report(city, item_id, 20, 20)
    _report(city, item_id, 60, 28)
    march, april = _read(caller, 3), _read(caller, 4)
    assert (march.as_of_on, april.as_of_on) == (date(2026, 3, 25), date(2026, 4, 25))
    assert (march.projects[0].done_pct, april.projects[0].done_pct) == (20, 60)
    assert april.previous_on == date(2026, 3, 25)
    # February still ended with its last day: every day counts once.
    assert "2026年3月1日至2026年3月25日" in say(_note(march), "zh")
    assert "26 March 2026 to 25 April 2026" in say(_note(april), "en")


def test_what_was_first_reported_after_the_cutoff_is_not_in_the_month(caller: Caller) -> None:
    """A project whose only report came on the 28th has no progress in March yet."""
    city = caller.city
    _set_cutoff(city, "25")
    item_id = _running_project(city)
    _report(city, item_id, 60, 28)
    assert _read(caller, 3).projects[0].done_pct is None
    assert _read(caller, 4).projects[0].done_pct == 60


def test_closings_after_the_cutoff_are_the_next_months(caller: Caller) -> None:
    """Verified on 30 March, a task is among those closed in April, and open at the cut-off of March."""
    city = caller.city
    _set_cutoff(city, "25")
    item_id = city.task(due_on=date(2026, 4, 20))
    for login, action, fields in (
        ("office1", "assign", {}), ("tra_head", "receive", {}), ("tra_head", "start", {}),
        ("tra_staff", "submit", {"evidence": "佐证"}), ("office1", "verify", {}),
    ):  # fmt: skip
        city.do(login, item_id, action, fields, now=local(2026, 3, 30))
    assert _figure(_read(caller, 3), "on_time") == (0, 0)
    assert _figure(_read(caller, 4), "on_time") == (1, 1)


def test_a_month_that_has_not_begun_under_the_cutoff_is_refused(caller: Caller) -> None:
    """On 27 April May has begun (26 April); June has not."""
    _set_cutoff(caller.city, "25")
    assert _read(caller, 5).as_of_on == date(2026, 4, 27)
    with pytest.raises(InvalidError):
        _read(caller, 6)


def test_without_a_cutoff_a_month_is_the_calendars(caller: Caller) -> None:
    """The default: to the month's last day, no note of a period; May has not begun on 27 April."""
    city = caller.city
    item_id = _running_project(city)
    _report(city, item_id, 20, 20)
    _report(city, item_id, 60, 28)
    march = _read(caller, 3)
    assert (march.as_of_on, march.projects[0].done_pct) == (date(2026, 3, 31), 60)
    assert _note(march) is None
    with pytest.raises(InvalidError):
        _read(caller, 5)
