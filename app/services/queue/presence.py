"""Keeps the table of processes that take jobs: each writes that it lives, and leaves."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from app.models.worker import Worker

#: How often a process writes that it lives.
BEAT_SECONDS = 15.0
_KEEP = timedelta(days=7)


def enter(session: Session, host: str, process_id: int, concurrency: int, now: datetime) -> int:
    """Write down a process that begins; returns its id."""
    return int(
        session.connection()
        .execute(
            insert(Worker)
            .values(host=host[:255], process_id=process_id, concurrency=concurrency, started_at=now, beat_at=now)
            .returning(Worker.id)
        )
        .scalar_one()
    )


def beat(session: Session, worker_id: int, now: datetime) -> bool:
    """Write that a process lives; whether it was known (a restored database may have forgotten it)."""
    statement = update(Worker).where(Worker.id == worker_id).values(beat_at=now)
    return bool(session.connection().execute(statement).rowcount)


def leave(session: Session, worker_id: int, now: datetime) -> None:
    """Write that a process has ended by itself."""
    session.connection().execute(update(Worker).where(Worker.id == worker_id).values(beat_at=now, ended_at=now))


def forget_workers(session: Session, now: datetime) -> int:
    """Delete the rows of processes that have not been heard of for a week; returns how many."""
    return int(session.connection().execute(delete(Worker).where(Worker.beat_at < now - _KEEP)).rowcount)
