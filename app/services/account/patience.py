"""How long an address must wait whose log-ins failed; one row a failure, read by every process."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.models.account import LogInFailure

#: How many failures one address is granted, and within what time.
WINDOWS = ((30, timedelta(minutes=10)), (200, timedelta(days=1)))
_MOST = max(count for count, _ in WINDOWS)
_LONGEST = max(time for _, time in WINDOWS)


def write_failed_address(connection: Connection, address: str, now: datetime) -> None:
    """Write down that a log-in from `address` failed."""
    connection.execute(insert(LogInFailure).values(address=address, failed_at=now))


def find_end(connection: Connection, address: str, now: datetime) -> datetime | None:
    """Return until when `address` must wait; None when it need not. One statement, by an index alone."""
    failed_at = LogInFailure.failed_at
    statement = (
        select(failed_at)
        .where(LogInFailure.address == address, failed_at > now - _LONGEST)
        .order_by(failed_at.desc())
        .limit(_MOST)
    )
    latest = connection.execute(statement).scalars().all()
    ends = (latest[count - 1] + time for count, time in WINDOWS if len(latest) >= count)
    return max((end for end in ends if end > now), default=None)


def forget_failures(session: Session, now: datetime) -> int:
    """Delete what is too old to count; returns how many."""
    statement = delete(LogInFailure).where(LogInFailure.failed_at <= now - _LONGEST)
    return int(session.connection().execute(statement).rowcount)
