"""Forgets old work: its files after a week, its rows after a quarter (idempotent)."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.models.long_work import LongWork

FILE_DAYS = 7
ROW_DAYS = 90


def forget_files(session: Session, now: datetime) -> int:
    """Let go of what ended more than FILE_DAYS ago; the store drops the bytes that no other row needs."""
    result = session.connection().execute(
        update(LongWork)
        .where(
            LongWork.finished_at < now - timedelta(days=FILE_DAYS),
            or_(LongWork.file_sha256.is_not(None), LongWork.input_sha256.is_not(None)),
        )
        .values(file_sha256=None, input_sha256=None)
    )
    return int(result.rowcount)


def forget_works(session: Session, now: datetime) -> int:
    """Delete the rows of what ended more than ROW_DAYS ago; returns how many."""
    statement = delete(LongWork).where(LongWork.finished_at < now - timedelta(days=ROW_DAYS))
    return int(session.connection().execute(statement).rowcount)


def list_needed_files(connection: Connection) -> set[str]:
    """Return the names of all bytes that some work needs, as input or as result."""
    rows = connection.execute(
        select(LongWork.file_sha256, LongWork.input_sha256).where(
            or_(LongWork.file_sha256.is_not(None), LongWork.input_sha256.is_not(None))
        )
    )
    return {name for row in rows for name in row if name is not None}
