"""Knows a form again that a person sent minutes ago: whoever goes back and sends it once more is asked first.

A form's key stops double clicks; a page that is fetched anew has a new one, while browsers fill it with what was typed.
Kept beside the answers to repeated requests, under the person's own account; like them it is forgotten after some days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Sentence
from app.models.record import Idempotency
from app.services import idempotency
from app.services.recording import plain

#: So long after it was sent, the same content is taken for the same intent.
WITHIN = timedelta(minutes=10)
#: The refusal's code: the content may be sent again on purpose.
SENT_BEFORE = "sent_before"
_CREATED = 201
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class SentForm:
    """What a person's form made: when, and by the names that whoever kept it chose (`item`, `document`, …)."""

    sent_at: datetime
    made: dict[str, Any]


def claim_form(
    connection: Connection, actor_id: int, now: datetime, content: Mapping[str, Any], *, key: str, again: bool
) -> None:
    """Take `content` for this sending; ConflictError when the person sent the same within WITHIN under another key.

    `again` says that it is meant. The same key is a repeated request, which the service behind the form answers.
    In the unit of work that does what the form says; safe when two are sent at once.
    """
    own, sha256 = _name(content)
    kept = idempotency.claim(connection, actor_id, own, sha256, now)
    if kept is None:
        return
    found = find_sent(connection, actor_id, now, content)
    if found is None or again or (kept.answer or {}).get("key") == key:
        return
    raise ConflictError(SENT_BEFORE, _tell(found, now))


def keep_form(
    connection: Connection, actor_id: int, now: datetime, content: Mapping[str, Any], *, key: str,
    made: Mapping[str, Any],
) -> None:  # fmt: skip
    """Write what the form made, and when; a repeated request leaves the time of the first."""
    own, _sha256 = _name(content)
    row = connection.execute(
        select(Idempotency.answer).where(Idempotency.actor_id == actor_id, Idempotency.key == own)
    ).scalar_one_or_none()
    if row is not None and row.get("key") == key:
        return
    connection.execute(
        update(Idempotency)
        .where(Idempotency.actor_id == actor_id, Idempotency.key == own)
        .values(status=_CREATED, answer={"key": key, "made": dict(made)}, created_at=now)
    )


def find_sent(connection: Connection, actor_id: int, now: datetime, content: Mapping[str, Any]) -> SentForm | None:
    """Return what the same content made within WITHIN; None when it is new."""
    own, _sha256 = _name(content)
    row = connection.execute(
        select(Idempotency.created_at, Idempotency.answer).where(
            Idempotency.actor_id == actor_id, Idempotency.key == own
        )
    ).first()
    if row is None or row.answer is None or now - row.created_at >= WITHIN:
        return None
    return SentForm(row.created_at, dict(row.answer["made"]))


def find_answer(connection: Connection, actor_id: int, key: str) -> dict[str, Any] | None:
    """Return the answer that the form with this key got when it was first sent; None when it is kept no longer."""
    found = connection.execute(
        select(Idempotency.answer).where(Idempotency.actor_id == actor_id, Idempotency.key == key)
    ).scalar_one_or_none()
    return None if found is None else dict(found)


def _name(content: Mapping[str, Any]) -> tuple[str, str]:
    """Return the key under which a content is known, and its hash."""
    sha256 = idempotency.hash_request({"form": plain(content)})
    return f"form:{sha256}", sha256


def _tell(found: SentForm, now: datetime) -> Sentence:
    minutes = int((now - found.sent_at).total_seconds()) // _MINUTE
    zh = f"{minutes}分钟前" if minutes else "刚才"
    en = f"{minutes} minute{'s' * (minutes != 1)} ago" if minutes else "a moment ago"
    return Sentence(f"您{zh}已提交过同样的内容，没有再次办理。", f"You sent the same {en}; nothing was done again.")
