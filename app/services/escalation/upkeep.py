"""What a running system does for itself at night (idempotent)."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core.database import make_insert
from app.models.escalation import Sweep
from app.models.record import Outbox
from app.services.calendar import provisional_years
from app.services.idempotency import forget
from app.services.rulebook import Rulebook

#: The State Council publishes next year's days off in November.
WARN_FROM_MONTH = 11
_KEEP_EMPTY_SWEEPS = timedelta(days=30)


def forget_answers(session: Session, now: datetime) -> int:
    """Delete the answers kept for repeated requests once they are too old; returns how many."""
    return forget(session.connection(), now)


def forget_sweeps(session: Session, now: datetime) -> int:
    """Delete the rows of old sweeps that raised nothing and met no fault; returns how many."""
    statement = delete(Sweep).where(
        Sweep.at < now - _KEEP_EMPTY_SWEEPS, Sweep.finished_at.is_not(None), Sweep.raised == 0, Sweep.lights == 0
    )
    return int(session.connection().execute(statement).rowcount)


def missing_year(session: Session, book: Rulebook, now: datetime) -> int | None:
    """Return the year whose official calendar is missing although it should be there; None when all is well.

    The present year always should, the next one from November on.
    """
    connection = session.connection()
    today = book.calendar(connection).local_date(now)
    years = [today.year] + ([today.year + 1] if today.month >= WARN_FROM_MONTH else [])
    missing = provisional_years(connection, years)
    return missing[0] if missing else None


def warn_of_calendar(session: Session, book: Rulebook, due_at: datetime, now: datetime) -> int | None:
    """Owe the office one message a year about a missing calendar; returns the year that is missing."""
    year = missing_year(session, book, due_at)
    if year is None:
        return None
    connection = session.connection()
    connection.execute(
        make_insert(connection, Outbox)
        .values(
            item_id=None,
            recipient="OFFICE",
            topic="calendar.missing",
            payload={"year": year},
            status="pending",
            unique_key=f"calendar:{year}",
            not_before=book.calendar(connection).next_opening(now),
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["unique_key"])
    )
    return year
