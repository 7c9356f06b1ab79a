"""Adds a file that already lies in the store: checks, one row, one audit row; idempotent."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.core.store import Stored
from app.models.attachment import ATTACHMENT_KINDS, Attachment
from app.services import idempotency
from app.services.attachment.permission import Parent, find_standing
from app.services.recording import write_audit

COUNT_MAX = 200
_SAME_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was checked: its name, its type from the content, what the store kept of it."""

    name: str
    media_type: str
    kind: str
    stored: Stored


@dataclass(frozen=True, slots=True)
class Added:
    """The row's id; `is_replay` when the same was added before and nothing was done now."""

    attachment_id: int
    is_replay: bool = False


def check_kind(kind: str) -> list[Fault]:
    """Return what is wrong with a kind."""
    if kind in ATTACHMENT_KINDS:
        return []
    listed = ", ".join(ATTACHMENT_KINDS)
    return [Fault("kind", Sentence(f"应为{listed}之一。", f"expected one of {listed}."))]


def add_attachment(
    connection: Connection,
    actor_id: int,
    now: datetime,
    today: date,
    parent: Parent,
    upload: Upload,
    *,
    key: str | None,
    source: str,
) -> Added:
    """Hang a stored file on its parent.

    Repeated under one key, or by the same person with the same bytes and name within a minute, it happens once.
    NotFoundError, ForbiddenError, ConflictError (closed, full), InvalidError (kind, key).
    """
    if key is not None:
        content = {"parent": parent.subject, "sha256": upload.stored.sha256, "name": upload.name, "kind": upload.kind}
        kept = idempotency.claim(connection, actor_id, key, idempotency.hash_request(content), now)
        if kept is not None:
            return Added(int(kept.answer["attachment_id"]), is_replay=True)
    faults = check_kind(upload.kind)
    if faults:
        raise InvalidError(faults)
    acting = find_standing(connection, parent, actor_id, now, today, lock=True).require()
    same = _find_same(connection, parent, upload, actor_id, now)
    if same is not None:
        return _keep(connection, actor_id, key, Added(same, is_replay=True))
    _check_count(connection, parent)
    attachment_id = connection.execute(
        insert(Attachment)
        .values(**asdict(parent), **_columns(upload), uploaded_by=actor_id, uploaded_at=now)
        .returning(Attachment.id)
    ).scalar_one()
    write_audit(
        connection, acting, now, action="add_attachment", source=source, item_id=parent.item_id,
        subject=f"attachment:{attachment_id}", after={"on": parent.subject, **_columns(upload)},
    )  # fmt: skip
    return _keep(connection, actor_id, key, Added(attachment_id))


def _columns(upload: Upload) -> dict[str, Any]:
    return {
        "name": upload.name,
        "media_type": upload.media_type,
        "kind": upload.kind,
        "size_bytes": upload.stored.size_bytes,
        "sha256": upload.stored.sha256,
    }


def _keep(connection: Connection, actor_id: int, key: str | None, added: Added) -> Added:
    if key is not None:
        idempotency.keep(connection, actor_id, key, 201, {"attachment_id": added.attachment_id})
    return added


def _on(parent: Parent) -> Any:  # noqa: ANN401  # an SQL condition
    if parent.item_id is not None:
        return Attachment.item_id == parent.item_id
    return Attachment.document_id == parent.document_id


def _find_same(connection: Connection, parent: Parent, upload: Upload, actor_id: int, now: datetime) -> int | None:
    return connection.execute(
        select(Attachment.id)
        .where(
            _on(parent),
            Attachment.sha256 == upload.stored.sha256,
            Attachment.name == upload.name,
            Attachment.kind == upload.kind,
            Attachment.uploaded_by == actor_id,
            Attachment.uploaded_at > now - _SAME_WITHIN,
            Attachment.removed_at.is_(None),
        )
        .order_by(Attachment.id)
        .limit(1)
    ).scalar_one_or_none()


def _check_count(connection: Connection, parent: Parent) -> None:
    count = connection.execute(
        select(func.count()).select_from(Attachment).where(_on(parent), Attachment.removed_at.is_(None))
    ).scalar_one()
    if count >= COUNT_MAX:
        raise ConflictError(
            "attachments_full",
            Sentence(f"附件已有{COUNT_MAX}个，不能再加。", f"There are {COUNT_MAX} files already; no more are taken."),
        )
