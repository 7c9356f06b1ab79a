"""Files for reading: those of one item or document, and one by its id; readable as what they hang on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError
from app.models.attachment import Attachment
from app.models.document import SourceDocument
from app.models.item import Item
from app.models.organisation import Person
from app.policy.access import can_read
from app.policy.document import can_read_document
from app.policy.people import Actor
from app.queries.item import is_readable


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A file as lists show it."""

    id: int
    item_id: int | None
    document_id: int | None
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    kind: str
    uploaded_by: int
    uploaded_by_name: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class FoundAttachment:
    """One file, and whether what it hangs on is confidential."""

    row: AttachmentRow
    is_confidential: bool


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Attachment.id, Attachment.item_id, Attachment.document_id, Attachment.name, Attachment.media_type,
            Attachment.size_bytes, Attachment.sha256, Attachment.kind, Attachment.uploaded_by, Person.name,
            Attachment.uploaded_at,
        )
        .join(Person, Person.id == Attachment.uploaded_by)
        .where(Attachment.removed_at.is_(None))
    )  # fmt: skip


def list_of_item(connection: Connection, readers: Sequence[str], item_id: int) -> tuple[AttachmentRow, ...]:
    """Return an item's files in the order of adding; NotFoundError when none of `readers` may read the item."""
    if not can_read(connection, readers, item_id):
        raise NotFoundError
    return _list(connection, Attachment.item_id == item_id)


def list_of_document(connection: Connection, actor: Actor, document_id: int) -> tuple[AttachmentRow, ...]:
    """Return a document's files in the order of adding; NotFoundError when `actor` may not read the document."""
    found = select(SourceDocument.id).where(SourceDocument.id == document_id, can_read_document(actor))
    if connection.execute(found).first() is None:
        raise NotFoundError("没有这份来文，或您无权查看。", "No such document, or not for you to see.")
    return _list(connection, Attachment.document_id == document_id)


def _list(connection: Connection, on: ColumnElement[bool]) -> tuple[AttachmentRow, ...]:
    return tuple(AttachmentRow(*row) for row in connection.execute(_select().where(on).order_by(Attachment.id)))


def find_attachment(connection: Connection, actor: Actor, attachment_id: int) -> FoundAttachment:
    """Return one file; NotFoundError when there is none (any more) or `actor` may not read what it hangs on."""
    found: Any = connection.execute(
        _select()
        .add_columns(func.coalesce(Item.confidential, SourceDocument.confidential))
        .outerjoin(Item, Item.id == Attachment.item_id)
        .outerjoin(SourceDocument, SourceDocument.id == Attachment.document_id)
        .where(Attachment.id == attachment_id)
        .where(
            or_(
                Attachment.item_id.is_not(None) & is_readable(actor.readers),
                Attachment.document_id.is_not(None) & can_read_document(actor),
            )
        )
    ).first()
    if found is None:
        raise NotFoundError("没有这个附件，或您无权查看。", "No such file, or not for you to see.")
    return FoundAttachment(AttachmentRow(*found[:-1]), bool(found[-1]))
