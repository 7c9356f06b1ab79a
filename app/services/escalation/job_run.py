"""Keeps the last run of each job and the scheduler's heartbeat."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.database import make_insert
from app.models.escalation import JobRun

#: The row that is the heartbeat.
SCHEDULER = "scheduler"
_MESSAGE_MAX = 2000


def _write(session: Session, values: dict[str, Any]) -> None:
    connection = session.connection()
    changes = {name: value for name, value in values.items() if name != "job"}
    connection.execute(
        make_insert(connection, JobRun).values(**values).on_conflict_do_update(index_elements=["job"], set_=changes)
    )


def start_run(session: Session, job: str, due_at: datetime, now: datetime) -> None:
    """Record that the run of `job` that belongs to `due_at` begins."""
    _write(session, {"job": job, "due_at": due_at, "started_at": now, "finished_at": None, "outcome": "running",
                     "message": None})  # fmt: skip


def finish_run(session: Session, job: str, now: datetime, *, outcome: str, message: str) -> None:
    """Record how the run of `job` ended: done, failed or stopped; failures are counted until one is done."""
    _write(session, {"job": job, "finished_at": now, "outcome": outcome, "message": message[:_MESSAGE_MAX]})
    if outcome != "stopped":
        failures = JobRun.failures + 1 if outcome == "failed" else 0
        session.connection().execute(update(JobRun).where(JobRun.job == job).values(failures=failures))


def beat(session: Session, started_at: datetime, now: datetime, *, outcome: str = "alive") -> None:
    """Write the heartbeat of the scheduler that started at `started_at`."""
    _write(session, {"job": SCHEDULER, "due_at": None, "started_at": started_at, "finished_at": now,
                     "outcome": outcome, "message": None})  # fmt: skip


def last_done(session: Session) -> dict[str, datetime]:
    """Return, by job, the instant to which its last run belongs, where that run was done."""
    rows = session.connection().execute(
        select(JobRun.job, JobRun.due_at).where(JobRun.outcome == "done", JobRun.due_at.is_not(None))
    )
    return {job: due_at for job, due_at in rows if due_at is not None}
