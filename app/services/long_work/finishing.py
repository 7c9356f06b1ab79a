"""Says how far a work is and how it ended; each write is guarded by the claim that it belongs to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.database import make_insert
from app.core.errors import Fault, Sentence
from app.models.long_work import LongWork
from app.models.record import Outbox
from app.services.long_work.kind import Claimed, EndedError, Outcome
from app.services.recording import plain

DONE_TOPIC = "work.done"
FAILED_TOPIC = "work.failed"


def beat(session: Session, work: Claimed, now: datetime, done: int | None = None, total: int | None = None) -> str:
    """Renew the claim and write how far it is (`done` None: no news); returns "running", "cancelled" or "lost"."""
    values: dict[str, Any] = {"beat_at": now} | ({} if done is None else {"done_count": done, "total_count": total})
    row = (
        session.connection()
        .execute(update(LongWork).where(*_mine(work.id, work.tries)).values(values).returning(LongWork.cancel_asked_at))
        .first()
    )
    if row is None:
        return "lost"
    return "running" if row[0] is None else "cancelled"


def look(session: Session, work: Claimed) -> str:
    """Return "running", "cancelled" or "lost" without writing anything."""
    statement = select(LongWork.cancel_asked_at).where(*_mine(work.id, work.tries))
    row = session.connection().execute(statement).first()
    if row is None:
        return "lost"
    return "running" if row[0] is None else "cancelled"


def finish(session: Session, work: Claimed, outcome: Outcome, now: datetime) -> None:
    """Mark a work done and owe its person a message; EndedError when it is no longer this claim's."""
    connection, made = session.connection(), outcome.file
    values: dict[str, Any] = {"status": "done", "finished_at": now, "beat_at": now, "result": plain(outcome.result)}
    if made is not None:
        values |= {"file_sha256": made.sha256, "file_name": made.name, "media_type": made.media_type}
    if not _close(connection, work.id, work.tries, values):
        raise EndedError("lost")
    _tell(connection, work.id, work.tries, now, DONE_TOPIC)


def fail(
    connection: Connection, work_id: int, tries: int, now: datetime, sentence: Sentence, faults: tuple[Fault, ...] = ()
) -> bool:
    """Mark a work failed with a sentence and every fault, and tell its person; whether it was still its claim's."""
    fault = {
        "zh": sentence.zh, "en": sentence.en,
        "faults": [{"field": one.field, "zh": one.sentence.zh, "en": one.sentence.en} for one in faults],
    }  # fmt: skip
    values = {"status": "failed", "finished_at": now, "fault": fault}
    is_mine = _close(connection, work_id, tries, values)
    if is_mine:
        _tell(connection, work_id, tries, now, FAILED_TOPIC)
    return is_mine


def end_cancelled(session: Session, work: Claimed, now: datetime) -> None:
    """Mark a work cancelled that came to a good place; nothing of it stays."""
    _close(session.connection(), work.id, work.tries, {"status": "cancelled", "finished_at": now})


def _mine(work_id: int, tries: int) -> tuple[Any, ...]:
    return (LongWork.id == work_id, LongWork.status == "running", LongWork.tries == tries)


def _close(connection: Connection, work_id: int, tries: int, values: Mapping[str, Any]) -> bool:
    statement = update(LongWork).where(*_mine(work_id, tries)).values(dict(values)).returning(LongWork.id)
    return connection.execute(statement).first() is not None


def _tell(connection: Connection, work_id: int, tries: int, now: datetime, topic: str) -> None:
    row: Any = connection.execute(
        select(LongWork.person_id, LongWork.kind, LongWork.arguments, LongWork.fault).where(LongWork.id == work_id)
    ).one()
    payload = {"work_id": work_id, "work_kind": row.kind, "arguments": row.arguments}
    if row.fault is not None:
        payload["fault"] = {"zh": row.fault["zh"], "en": row.fault["en"]}
    connection.execute(
        make_insert(connection, Outbox)
        .values(
            item_id=None, recipient=f"U:{row.person_id}", topic=topic, payload=payload, status="pending",
            unique_key=f"work:{work_id}:{tries}", not_before=now, created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["unique_key"])
    )  # fmt: skip
