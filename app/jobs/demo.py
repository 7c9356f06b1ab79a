"""Fills an empty database with the made-up city by running it: eight months, day after day, with a moving clock.

Each day has its sweep in the morning, then what people do, then the messages. All of it is one unit of work: the
city is there altogether or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core.clock import FixedClock
from app.core.errors import ConflictError, Sentence
from app.jobs.delivery import deliver
from app.jobs.meeting import run_meetings
from app.jobs.sweep import run_sweep
from app.jobs.tools import Tools
from app.services.demo.founding import found_city, is_empty
from app.services.demo.fund.playing import Funding
from app.services.demo.living import live_day
from app.services.demo.money import note_budgets
from app.services.demo.reading import mute_all, read_messages
from app.services.demo.script import Script
from app.services.demo.stage import SOURCE, Stage
from app.services.demo.story import FIRST_DAY, read_demo, read_story
from app.services.demo.unit import OneUnit
from workflows.calendar import Calendar

_SWEEP_AFTER = timedelta(minutes=5)
_WORK_AFTER = timedelta(minutes=8)
#: From its opening so long people are at work on a day that is over.
_WORKDAY = timedelta(hours=8, minutes=20)
_DELIVER_AFTER = timedelta(minutes=1)
#: People read their messages every so many days; those of the last days wait unread.
_READING_DAYS = 21
_UNREAD_DAYS = 4


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the story that is over: its first day, what was done in it."""

    first_on: date
    steps: int
    rungs: int
    slips: int


@dataclass
class _Count:
    items: int = 0
    rungs: int = 0
    slips: int = 0


def load_demo(tools: Tools, until: date | None, tell: Callable[[Month], None]) -> int:
    """Run the city up to the day `until` (default: now) and return how many items it has; `tell` hears each month.

    The same last day gives the same city, but for the password's hash; a city that ends today ends now. A day that
    is still to come is lived through to its end. ConflictError when the database holds a department already.
    """
    now = tools.clock.now()
    with tools.database.writing() as session:
        if not is_empty(session):
            said = Sentence(
                "数据库中已有部门，演示数据只能载入空库。",
                "The database holds departments; the demo needs an empty one.",
            )
            raise ConflictError("not_empty", said)
        calendar = tools.book.calendar(session.connection())
        today = calendar.local_date(now)
        last_on = until or today
        ends_at = now if last_on == today else calendar.opening(last_on) + _WORKDAY + _DELIVER_AFTER
        unit = OneUnit(tools.database, session)
        return _Run(tools, unit, calendar, last_on, ends_at, tell).run()


class _Run:
    """One run of the story."""

    def __init__(
        self, tools: Tools, unit: OneUnit, calendar: Calendar, last_on: date, ends_at: datetime,
        tell: Callable[[Month], None],
    ) -> None:  # fmt: skip
        self._clock = FixedClock(ends_at)
        self._tools = Tools(unit, tools.book, self._clock)
        self._unit, self._calendar, self._ends_at, self._tell = unit, calendar, ends_at, tell
        self._last_on = last_on
        self._count = _Count()
        self._final_on = self._find_final(last_on)

    def _find_final(self, last_on: date) -> date:
        """Return the last working day of which enough has passed for people to have been at work."""
        final = last_on if self._calendar.is_working(last_on) else self._calendar.add_workdays(last_on, -1)
        if self._calendar.opening(final) + _WORK_AFTER > self._ends_at:
            final = self._calendar.add_workdays(final, -1)
        return final

    def run(self) -> int:
        with self._unit.writing() as session:
            first_on = self._calendar.add_workdays(self._final_on, FIRST_DAY)
            funding = Funding()
            begins_at = self._calendar.opening(self._calendar.add_workdays(self._final_on, funding.story.first_day))
            city = read_demo()
            departments, people = found_city(session, city, begins_at, first_on)
            stage = Stage(session, self._tools.book, self._calendar, city, read_story(), self._final_on, departments,
                          people, begins_at, self._ends_at)  # fmt: skip
            script = Script(stage, funding)
            self._tell_before(script)
            self._live(script, first_on)
            note_budgets(session)
            return len(stage.items)

    def _tell_before(self, script: Script) -> None:
        """Play what the funds did before the city's eight months: those days have no sweep, and tell nobody."""
        stage, funding = script.stage, script.funding
        on = self._calendar.local_date(stage.now)
        for day in range(funding.story.first_day, FIRST_DAY):
            is_new_year = on.year != funding.year
            if is_new_year or day in funding.story.days:
                opening = self._calendar.opening(on)
                stage.begin_day(day, opening + _WORK_AFTER, opening + _WORKDAY)
                funding.play(stage)
            on = self._calendar.add_workdays(on, 1)
        mute_all(stage.session)
        stage.steps = 0

    def _live(self, script: Script, first_on: date) -> None:
        on, day = first_on, FIRST_DAY
        while on <= self._last_on:
            sweeps_at = self._calendar.opening(on) + _SWEEP_AFTER
            if sweeps_at <= self._ends_at:
                self._sweep(sweeps_at)
            if on <= self._final_on and self._calendar.is_working(on):
                run_meetings(self._tools, sweeps_at, source=SOURCE)
                self._work(script, on, day)
                day += 1
            following = on + timedelta(days=1)
            if following.month != on.month or following > self._last_on:
                self._end_month(script, on)
            on = following

    def _sweep(self, at: datetime) -> None:
        self._clock.set(at)
        result = run_sweep(self._tools, at, source=SOURCE)
        if result.faults:
            raise AssertionError(f"sweep of {at.isoformat()}: {result.faults}")
        self._count.rungs += result.raised
        self._count.slips += result.slips_made

    def _work(self, script: Script, on: date, day: int) -> None:
        opening = self._calendar.opening(on)
        script.stage.begin_day(day, opening + _WORK_AFTER, min(opening + _WORKDAY, self._ends_at))
        script.play()
        live_day(script)
        self._clock.set(min(script.stage.ends_at + _DELIVER_AFTER, self._ends_at))
        deliver(self._tools, self._clock.now())
        if day % _READING_DAYS == -_UNREAD_DAYS % _READING_DAYS:
            read_messages(script.stage, self._clock.now())

    def _end_month(self, script: Script, on: date) -> None:
        self._unit.tell_sizes()
        steps, script.stage.steps = script.stage.steps, 0
        self._tell(Month(on.replace(day=1), steps, self._count.rungs, self._count.slips))
        self._count = _Count()
