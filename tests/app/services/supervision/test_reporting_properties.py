"""Random reports, pauses, sweeps, stops and clocks set back: each period has its report or exactly one row.

What is owed is worked out a second time, in plain Python and without any sweep, from what people did and when; the
rows must be these and no others, whenever sweeps happened to run.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from app.core.database import Database, make_engine
from app.core.errors import ConflictError
from app.services.rulebook import Rulebook
from tests.app.services.supervision.owing import clock_of, episodes, lapsed, owed, reporting_task, rows_of
from tests.city import NOW, City, build_city
from tests.databases import copy_sqlite
from tests.postgres import make_folder
from tests.sweeping import SHANGHAI, sweep
from workflows.hours import Hours
from workflows.period import find_first_owed, find_next, find_period

_FOLDER = make_folder("reports")
MOVES = ("report", "suspend", "resume", "submit", "return", "sweep", "sweep", "back", "double")
LOGINS = {"report": "tra_staff", "submit": "tra_staff", "suspend": "office1", "resume": "office1", "return": "office1"}
FIELDS = {
    "report": {"text": "进展"}, "submit": {"evidence": "佐证"}, "suspend": {"reason": "等待"}, "resume": {},
    "return": {"reason": "不全"},
}  # fmt: skip
#: Where a move is open, and where it leads.
OPEN = {
    "report": (("in_progress",), None), "submit": (("in_progress",), "submitted"),
    "suspend": (("in_progress", "submitted"), "suspended"), "resume": (("suspended",), "back"),
    "return": (("submitted",), "in_progress"),
}  # fmt: skip


@dataclass
class Told:
    """What happened to one task: its states with their instants, its reports."""

    rhythm: str
    states: list[tuple[datetime, str]] = field(default_factory=list)
    reports: list[datetime] = field(default_factory=list)
    before: str = "in_progress"

    @property
    def state(self) -> str:
        """The present state."""
        return self.states[-1][1]

    def state_at(self, instant: datetime) -> str:
        """Return the state just before an instant."""
        return [state for at, state in self.states if at < instant][-1]

    def expect(self, city: City, until: datetime) -> dict[str, datetime | None]:
        """Return, by period owed, when a report answered it: plain, in the order of time."""
        with city.database.reading() as session:
            calendar = city.book.calendar(session.connection())
        period = find_first_owed(self.rhythm, NOW.astimezone(SHANGHAI).date())
        rows: dict[str, datetime | None] = {}
        limits: dict[str, datetime] = {}
        left, counted = list(self.reports), []
        while True:
            starts_at, ends_at = calendar.day_start(period.starts_on), calendar.day_end(period.ends_on)
            within = ends_at <= until
            while left and (left[0] < ends_at or not within):
                at = left.pop(0)
                waiting = [key for key, answer in rows.items() if answer is None]
                if not any(at < limits[key] for key in waiting):
                    counted.append(at)
                rows |= dict.fromkeys(waiting, at)
            if not within:
                return rows
            is_counted = any(starts_at <= at < ends_at for at in counted)
            if self.state_at(ends_at) == "in_progress" and not is_counted:
                rows[period.key] = None
                limits[period.key] = calendar.day_end(calendar.add_workdays(period.ends_on, 2))
            period = find_next(self.rhythm, period)


def _play(city: City, rhythm: str, moves: list[tuple[str, int]]) -> None:
    """Let the moves happen, each some hours after the one before, and hold what was recorded against the plain way."""
    item_id = reporting_task(city, rhythm)
    told, now = Told(rhythm, [(NOW, "in_progress")]), NOW
    for move, hours in moves:
        now += timedelta(hours=hours, minutes=1)
        if move in {"sweep", "double", "back"}:
            sweep(city, now)
            if move == "double":
                sweep(city, now)
            if move == "back":  # the clock is set back for one sweep: nothing is undone, nothing comes twice
                sweep(city, now - timedelta(days=8))
            continue
        states, target = OPEN[move]
        try:
            city.do(LOGINS[move], item_id, move, dict(FIELDS[move]), now=now)
        except ConflictError:
            assert told.state not in states
            continue
        assert told.state in states
        if move in {"report", "submit"}:
            told.reports.append(now)
        if move == "suspend":
            told.before = told.state
        if target is not None:
            told.states.append((now, told.before if target == "back" else target))
    now += timedelta(minutes=1)
    sweep(city, now)
    sweep(city, now)
    _compare(city, item_id, told, now)


def _compare(city: City, item_id: int, told: Told, now: datetime) -> None:
    expected = told.expect(city, now)
    rows = rows_of(city, item_id)
    assert [row.period for row in rows] == list(expected)
    given_up = lapsed(city, item_id)
    for row in rows:
        # What lapsed in a long stop was given up instead of answered; everything else is as if sweeps had been in time.
        if row.period not in given_up:
            assert row.answered_at == expected[row.period], row.period
    still = [period for period, answered_at in expected.items() if answered_at is None]
    assert set(still) - set(given_up) == set(owed(city, item_id))
    assert clock_of(city, item_id)[0] == find_period(told.rhythm, now.astimezone(SHANGHAI).date()).ends_on
    runs = owed(city, item_id) if told.state == "in_progress" else []
    assert [episode.anchor for episode in episodes(city, item_id)] == sorted(runs)


_MOVES = st.lists(st.tuples(st.sampled_from(MOVES), st.sampled_from((1, 7, 24, 60, 100, 170, 500))), max_size=12)


@given(st.sampled_from(("weekly", "ten_day", "monthly")), _MOVES)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_each_period_has_its_report_or_exactly_one_row(rhythm: str, moves: list[tuple[str, int]]) -> None:
    """Whatever people did and whenever sweeps ran, the rows are those of the plain way."""
    database = Database(make_engine(copy_sqlite(_FOLDER)))
    try:
        _play(build_city(database, Rulebook(ZoneInfo("Asia/Shanghai"), Hours())), rhythm, moves)
    finally:
        database.engine.dispose()


@pytest.mark.parametrize("seed", [1, 2])
def test_both_databases_owe_the_same(city: City, seed: int) -> None:
    """The same on either database: a long play of moves drawn by a seed."""
    drawn = random.Random(seed)  # noqa: S311  # a play, no secret
    moves = [(drawn.choice(MOVES), drawn.choice((1, 7, 24, 60, 100, 170))) for _ in range(20)]
    _play(city, drawn.choice(("weekly", "ten_day")), moves)
