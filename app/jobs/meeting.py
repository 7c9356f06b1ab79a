"""The meetings' daily run: planned ones follow the calendar, what is due is planned, calls open, people are reminded.

Each series and each meeting in a unit of its own, so that nothing waits for the rest; idempotent.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from app.jobs.tools import Tools
from app.services.meeting.series.daily import Day
from app.services.meeting.series.planning import Planned
from app.services.meeting.series.running import align_unit, list_meetings, list_series, plan_unit, prepare_unit


@dataclass(slots=True)
class MeetingRun:
    """What one run did; `moved` meetings followed the calendar, `told` counts what the office was told of others."""

    planned: Planned = field(default_factory=Planned)
    day: Day = field(default_factory=Day)
    moved: int = 0
    told: int = 0


def run_meetings(tools: Tools, at: datetime, *, source: str = "scheduler") -> MeetingRun:
    """Do what is due for meetings by `at`; stopped, what was done stays done."""
    run, write = MeetingRun(), tools.database.write
    month = f"{at.astimezone(tools.book.zone):%Y-%m}"
    for series_id in write(partial(list_series, month=month)):
        if tools.stopped():
            return run
        moved, told = write(partial(align_unit, book=tools.book, at=at, series_id=series_id, source=source))
        run.moved += moved
        run.told += told
    run.planned = plan_due(tools, at, source=source)
    for meeting_id in write(partial(list_meetings, at=at)):
        if tools.stopped():
            return run
        run.day.add(write(partial(prepare_unit, book=tools.book, at=at, meeting_id=meeting_id, source=source)))
    return run


def plan_due(tools: Tools, at: datetime, month: str | None = None, *, source: str = "scheduler") -> Planned:
    """Plan what is due of every series, or one month alone; each series in a unit of its own."""
    done, write = Planned(), tools.database.write
    first = month or f"{at.astimezone(tools.book.zone):%Y-%m}"
    for series_id in write(partial(list_series, month=first)):
        if tools.stopped():
            break
        plan = partial(plan_unit, book=tools.book, at=at, series_id=series_id, source=source, month=month)
        done.add(write(plan))
    return done


def meeting_job(tools: Tools, due_at: datetime) -> str:
    """Do the day's run; returns what it did, for the table of runs."""
    run = run_meetings(tools, due_at)
    return (
        f"planned {len(run.planned.planned)}, moved {run.moved}, called {len(run.day.called)}, "
        f"handed over {len(run.day.handed_over)}, reminded {run.day.reminded}, told {run.told}"
    )
