"""How the scheduler and its jobs are doing: what the health page and the administrator see."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.escalation import JobRun

_SCHEDULER = "scheduler"
#: A heartbeat older than this is none: the scheduler beats every 20 seconds.
HEARTBEAT_LATE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class JobRunView:
    """The last run of a job; `late` is how long after the instant to which it belongs it began."""

    job: str
    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    outcome: str | None
    message: str | None
    #: How often in a row it failed, up to now.
    failures: int = 0

    @property
    def late(self) -> timedelta:
        """Return the delay with which the run began."""
        if self.due_at is None or self.started_at is None:
            return timedelta()
        return max(timedelta(), self.started_at - self.due_at)


@dataclass(frozen=True, slots=True)
class SchedulerHealth:
    """Whether the scheduler lives, when it was last heard of, and the jobs' last runs."""

    is_alive: bool
    heard_at: datetime | None
    runs: tuple[JobRunView, ...]


def last_runs(session: Session, now: datetime) -> SchedulerHealth:
    """Return the health of the scheduler as of `now`; one statement."""
    rows = session.connection().execute(
        select(JobRun.job, JobRun.due_at, JobRun.started_at, JobRun.finished_at, JobRun.outcome, JobRun.message,
               JobRun.failures)
        .order_by(JobRun.job)
    )  # fmt: skip
    views = tuple(JobRunView(*row) for row in rows)
    beat = next((view for view in views if view.job == _SCHEDULER), None)
    heard_at = beat.finished_at if beat else None
    is_alive = beat is not None and beat.outcome == "alive" and heard_at is not None
    return SchedulerHealth(
        # A sign of life of a time to come is none: a clock that was ahead wrote it, perhaps long ago.
        is_alive=is_alive and heard_at is not None and abs(now - heard_at) <= HEARTBEAT_LATE,
        heard_at=heard_at,
        runs=tuple(view for view in views if view.job != _SCHEDULER),
    )
