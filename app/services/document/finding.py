"""Finds a registered document for the services that make something from it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import ForbiddenError, NotFoundError, Sentence
from app.models.document import DocumentReader, SourceDocument
from app.policy.document import can_read_document
from app.policy.people import Actor
from workflows.roles import Capacity, Duty

NO_DOCUMENT = ("没有这份来文，或您无权查看。", "No such document, or not for you to see.")


@dataclass(frozen=True, slots=True)
class Document:
    """A registered document as it stands."""

    id: int
    kind: str
    register_number: str
    number: str | None
    title: str
    issuer: str | None
    leader_post_id: int | None
    leader_name: str | None
    dated_on: date | None
    received_on: date
    text: str | None
    urgency: str
    confidential: bool
    registered_by: int
    registered_at: datetime
    version: int
    closed_at: datetime | None


_COLUMNS = select(*(getattr(SourceDocument, name) for name in Document.__slots__))


def get_document(connection: Connection, document_id: int) -> Document:
    """Return the document for the product's own work, whoever asks; NotFoundError when there is none."""
    row = connection.execute(_COLUMNS.where(SourceDocument.id == document_id)).first()
    if row is None:
        raise NotFoundError(*NO_DOCUMENT)
    return Document(*row)


def get_readable(connection: Connection, actor: Actor, document_id: int, *, lock: bool = False) -> Document:
    """Return the document if `actor` may read it, else NotFoundError; `lock` holds its row until the unit ends."""
    if lock:
        connection.execute(select(SourceDocument.id).where(SourceDocument.id == document_id).with_for_update())
    row = connection.execute(_COLUMNS.where(SourceDocument.id == document_id, can_read_document(actor))).first()
    if row is None:
        raise NotFoundError(*NO_DOCUMENT)
    return Document(*row)


def list_reader_ids(connection: Connection, document_id: int) -> list[int]:
    """Return the persons that a document names as its readers, by id."""
    found = select(DocumentReader.person_id).where(DocumentReader.document_id == document_id)
    return list(connection.execute(found.order_by(DocumentReader.person_id)).scalars())


def require_office(actor: Actor) -> Capacity:
    """Return the post in which `actor` keeps the register; ForbiddenError for everybody outside the office."""
    for capacity in actor.general:
        if capacity.duty is Duty.OFFICE:
            return capacity
    raise ForbiddenError(
        "not_yours", Sentence("来文由协调办登记和更正。", "The coordination office keeps the register of documents.")
    )
