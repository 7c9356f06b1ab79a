"""Claims work that waits, and work whose process fell silent; gives it back when a process is to end.

A claim is a guarded UPDATE that counts `tries`: every later write of that claim asks for the same number, so a
process that was only slow writes nothing into a work that another has taken over.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.errors import Sentence
from app.models.long_work import LongWork
from app.services.long_work.finishing import fail
from app.services.long_work.kind import Claimed

#: A work that says nothing for so long was killed with its process.
SILENCE = timedelta(minutes=1)
TRIES_MAX = 3
_KILLED = Sentence(
    f"处理进程{TRIES_MAX}次中断，任务没有完成。请稍后再试；仍不成功时请联系系统管理员。",
    f"Its process broke off {TRIES_MAX} times, so nothing came of it. Try again later; if it fails again, tell the"
    " administrator.",
)


def is_free(now: datetime) -> ColumnElement[bool]:
    """Return what says of a work that it can be claimed: it waits, or its process fell silent.

    A sign of life of a time to come is none either: a clock that was ahead wrote it, and nobody would wait that out.
    """
    is_silent = or_(LongWork.beat_at < now - SILENCE, LongWork.beat_at > now + SILENCE)
    return or_(LongWork.status == "waiting", and_(LongWork.status == "running", is_silent))


def has_waiting(session: Session, now: datetime) -> bool:
    """Whether there is anything to claim; one statement that only reads."""
    return session.connection().execute(select(LongWork.id).where(is_free(now)).limit(1)).first() is not None


def claim(session: Session, now: datetime, only: int | None = None) -> Claimed | None:
    """Claim the work that has waited longest, or `only` that one; None when there is none to claim.

    What has broken off TRIES_MAX times fails instead; what its person took back before a process died is cancelled.
    """
    connection = session.connection()
    while True:
        row: Any = connection.execute(
            select(LongWork)
            .with_only_columns(
                LongWork.id, LongWork.kind, LongWork.person_id, LongWork.lang, LongWork.arguments,
                LongWork.input_sha256, LongWork.tries, LongWork.cancel_asked_at,
            )
            .where(is_free(now), *(() if only is None else (LongWork.id == only,)))
            .order_by(LongWork.id)
            .limit(1)
            .with_for_update(skip_locked=only is None)
        ).first()  # fmt: skip
        if row is None:
            return None
        if row.cancel_asked_at is not None:
            _end(connection, row, now)
        elif row.tries >= TRIES_MAX:
            fail(connection, row.id, row.tries, now, _KILLED)
        else:
            taken = connection.execute(
                update(LongWork)
                .where(LongWork.id == row.id, LongWork.tries == row.tries, is_free(now))
                .values(
                    status="running", tries=row.tries + 1, started_at=now, beat_at=now, done_count=0, total_count=None
                )
                .returning(LongWork.id)
            ).first()
            if taken is not None:
                return Claimed(
                    row.id, row.kind, row.person_id, row.lang, row.arguments, row.input_sha256, row.tries + 1
                )


def _end(connection: Connection, row: Any, now: datetime) -> None:  # noqa: ANN401  # a row
    connection.execute(
        update(LongWork)
        .where(LongWork.id == row.id, LongWork.tries == row.tries, is_free(now))
        .values(status="cancelled", finished_at=now)
    )


def give_back(session: Session, work: Claimed) -> None:
    """Let a work wait again, since its process is to end; the broken-off try does not count."""
    session.connection().execute(
        update(LongWork)
        .where(LongWork.id == work.id, LongWork.status == "running", LongWork.tries == work.tries)
        .values(status="waiting", tries=work.tries - 1, started_at=None, beat_at=None, done_count=0, total_count=None)
    )
