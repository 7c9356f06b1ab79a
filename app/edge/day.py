"""The scheduler's day for whoever looks after the system: each job with its rhythm, its reason, last and next run.

Beside it the processes that take jobs from the queue; with SQLite there are none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.edge.context import Context, Unit
from app.jobs.table import ALWAYS, JOBS, Job
from app.queries.job import JobRunView, SchedulerHealth, last_runs
from app.queries.worker import WorkerView, list_workers


@dataclass(frozen=True, slots=True)
class JobDay:
    """A job with its last run (None: never) and its next; `grace` None: the latest run is always made up."""

    job: Job
    last: JobRunView | None
    next_at: datetime
    grace: timedelta | None
    is_owed: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The table of the day, whether the scheduler lives, and which processes take jobs beside it."""

    health: SchedulerHealth
    jobs: tuple[JobDay, ...]
    workers: tuple[WorkerView, ...]


def read_day(context: Context, unit: Unit) -> Day:
    """Return the day as of now; a run is owed when its instant has passed and nobody has done it."""
    now, zone = context.now(), context.settings.timezone
    health = last_runs(unit, now)
    runs = {run.job: run for run in health.runs}
    jobs = []
    for job in JOBS:
        last = runs.get(job.name)
        latest = job.when.latest(now, zone)
        is_done = last is not None and last.outcome == "done" and last.due_at is not None and last.due_at >= latest
        is_owed = not is_done and now - latest <= job.grace
        grace = None if job.grace >= ALWAYS else job.grace
        jobs.append(JobDay(job, last, job.when.next_after(now, zone), grace, is_owed))
    return Day(health, tuple(jobs), tuple(list_workers(unit, now)))
