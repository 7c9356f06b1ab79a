"""Which processes take jobs from the queue; none with SQLite, where the scheduler's process does everything."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.models.worker import Worker
from app.queries.job import last_runs

#: A sign of life older than this is none: a process writes one every 15 seconds.
WORKER_LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A process that takes jobs; `concurrency` long works at one time."""

    host: str
    process_id: int
    concurrency: int
    started_at: datetime
    beat_at: datetime


def _lives(now: datetime) -> ColumnElement[bool]:
    # Not of a time to come: whoever was killed with its clock ahead would live on until then, and keep others away.
    return and_(Worker.ended_at.is_(None), Worker.beat_at.between(now - WORKER_LATE, now + WORKER_LATE))


def list_workers(session: Session, now: datetime) -> list[WorkerView]:
    """Return the processes that live, the oldest first; one statement."""
    columns = (Worker.host, Worker.process_id, Worker.concurrency, Worker.started_at, Worker.beat_at)
    rows = session.connection().execute(select(*columns).where(_lives(now)).order_by(Worker.id))
    return [WorkerView(*row) for row in rows]


def has_workers(session: Session, now: datetime) -> bool:
    """Whether any process takes jobs from the queue; one statement."""
    return session.connection().execute(select(Worker.id).where(_lives(now)).limit(1)).first() is not None


def is_work_done(session: Session, now: datetime) -> bool:
    """Whether a process lives that does long works: the scheduler's or one that takes jobs; at most two statements."""
    return last_runs(session, now).is_alive or has_workers(session, now)
