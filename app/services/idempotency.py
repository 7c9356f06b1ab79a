"""Answers a repeated request with the first answer: `(actor, key)` is taken before anything else is checked."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.models.record import Idempotency

KEY_MAX = 200
KEEP_DAYS = 7
_LOCK_TIMEOUT = "55P03"


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer that the first request with this key got."""

    status: int
    answer: dict[str, Any]


def hash_request(parts: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a request's content."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


_CLAIM: dict[str, Any] = {
    "postgresql": postgresql_insert(Idempotency).on_conflict_do_nothing().returning(Idempotency.actor_id),
    "sqlite": sqlite_insert(Idempotency).on_conflict_do_nothing().returning(Idempotency.actor_id),
}
_KEEP = (
    update(Idempotency)
    .where(Idempotency.actor_id == bindparam("b_actor_id"), Idempotency.key == bindparam("b_key"))
    .values(status=bindparam("status"), answer=bindparam("answer"))
)


def check_key(key: str) -> None:
    """Raise InvalidError for a key that is empty or too long."""
    if not key or len(key) > KEY_MAX:
        wanted = Sentence(
            f"Idempotency-Key应为1至{KEY_MAX}个字符。", f"Idempotency-Key: expected 1 to {KEY_MAX} characters."
        )
        raise InvalidError([Fault("Idempotency-Key", wanted)])


def claim(connection: Connection, actor_id: int, key: str, request_sha256: str, now: datetime) -> Kept | None:
    """Take `key` for this request; return the kept answer when it was taken before.

    A request with the same key that is still running is waited for by the database (the primary key's lock, five
    seconds at most; then ConflictError).
    InvalidError when the key is too long or was used for other content.
    """
    check_key(key)
    values = {"actor_id": actor_id, "key": key, "request_sha256": request_sha256, "created_at": now}
    try:
        taken = connection.execute(_CLAIM[connection.dialect.name], values)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_TIMEOUT:
            raise
        running = Sentence("同一请求正在处理中，请稍后再试。", "The same request is still running; try again later.")
        raise ConflictError("request_running", running) from error
    if taken.first() is not None:
        return None
    row = connection.execute(
        select(Idempotency.request_sha256, Idempotency.status, Idempotency.answer).where(
            Idempotency.actor_id == actor_id, Idempotency.key == key
        )
    ).one()
    if row.request_sha256 != request_sha256:
        other = Sentence(
            "此Idempotency-Key已用于另一内容的请求，没有再次办理。",
            "This Idempotency-Key was used for other content; nothing was done again.",
        )
        raise InvalidError([Fault("Idempotency-Key", other)], code="idempotency_key_reused")
    return Kept(row.status, row.answer)


def keep(connection: Connection, actor_id: int, key: str, status: int, answer: Mapping[str, Any]) -> None:
    """Store the answer under the key that this unit of work claimed."""
    values = {"b_actor_id": actor_id, "b_key": key, "status": status, "answer": dict(answer)}
    connection.execute(_KEEP, values)


def forget(connection: Connection, now: datetime) -> int:
    """Delete answers older than seven days; returns how many."""
    old = delete(Idempotency).where(Idempotency.created_at < now - timedelta(days=KEEP_DAYS))
    return connection.execute(old).rowcount
