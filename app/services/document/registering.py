"""Registers a document: its fields, its number in the register, its readers, an audit row; idempotent by key."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.engine import Connection

from app.models.document import DocumentReader, SourceDocument
from app.policy.people import Actor
from app.services import idempotency
from app.services.document.fields import read_fields
from app.services.document.finding import require_office
from app.services.numbering import format_number, take_number
from app.services.recording import Acting, plain, write_audit

#: The register's series, and the word with which its numbers begin.
SERIES = "document"
WORD = "收"


@dataclass(frozen=True, slots=True)
class Registered:
    """The document's id and number; `is_replay` when the same request was done before."""

    document_id: int
    register_number: str
    is_replay: bool = False


def register_document(
    connection: Connection, actor: Actor, now: datetime, today: date, given: Mapping[str, Any], *, key: str | None,
    source: str,
) -> Registered:  # fmt: skip
    """Register a document under the next number of the year. ForbiddenError outside the office; InvalidError."""
    if key is not None:
        request = idempotency.hash_request({"register": plain(given)})
        kept = idempotency.claim(connection, actor.person_id, key, request, now)
        if kept is not None:
            return Registered(int(kept.answer["id"]), str(kept.answer["register_number"]), is_replay=True)
    capacity = require_office(actor)
    fields = read_fields(connection, given, today)
    number = format_number(WORD, today.year, take_number(connection, SERIES, today.year, ""))
    document_id = connection.execute(
        insert(SourceDocument)
        .values(
            **fields.columns(), register_number=number, search_text=fields.search_text(number),
            registered_by=actor.person_id, registered_at=now,
        )
        .returning(SourceDocument.id)
    ).scalar_one()  # fmt: skip
    write_readers(connection, document_id, fields.readers)
    write_audit(
        connection, Acting(actor.person_id, "office", capacity), now, action="register_document", source=source,
        subject=f"document:{document_id}", after={"register_number": number, **asdict(fields)},
    )  # fmt: skip
    if key is not None:
        answer = {"id": document_id, "register_number": number}
        idempotency.keep(connection, actor.person_id, key, 201, answer)
    return Registered(document_id, number)


def write_readers(connection: Connection, document_id: int, person_ids: tuple[int, ...]) -> None:
    """Name readers who are not named yet."""
    if person_ids:
        rows = [{"document_id": document_id, "person_id": person_id} for person_id in person_ids]
        connection.execute(insert(DocumentReader), rows)
