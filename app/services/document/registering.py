"""Registers a document: its fields, its number in the register, its readers, an audit row; idempotent by key."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Sentence
from app.core.text import clean, fold
from app.models.document import DocumentReader, SourceDocument
from app.policy.document import can_read_document
from app.policy.people import Actor
from app.services import idempotency
from app.services.document.fields import read_fields
from app.services.document.finding import require_office
from app.services.numbering import format_number, take_number
from app.services.recording import Acting, plain, write_audit

#: The register's series, and the word with which its numbers begin.
SERIES = "document"
WORD = "收"
#: The refusal's code: a letter with this number and issuer stands in the register.
DOCUMENT_KNOWN = "document_known"
_LOOKED_AT = 50
_PARTS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Registered:
    """The document's id and number; `is_replay` when the same request was done before."""

    document_id: int
    register_number: str
    is_replay: bool = False


def register_document(
    connection: Connection, actor: Actor, now: datetime, today: date, given: Mapping[str, Any], *, key: str | None,
    source: str, again: bool = False,
) -> Registered:  # fmt: skip
    """Register a document under the next number of the year. ForbiddenError outside the office; InvalidError.

    ConflictError when `actor` may read one of the same issuer and number that stands there, unless `again` is said.
    """
    if key is not None:
        request = idempotency.hash_request({"register": plain(given)})
        kept = idempotency.claim(connection, actor.person_id, key, request, now)
        if kept is not None:
            return Registered(int(kept.answer["id"]), str(kept.answer["register_number"]), is_replay=True)
    capacity = require_office(actor)
    fields = read_fields(connection, given, today)
    number = format_number(WORD, today.year, take_number(connection, SERIES, today.year, ""))
    if not again:  # behind the number: of two at once the second waits for the first, and then sees it
        _refuse_known(find_same_letter(connection, actor, fields.number, fields.issuer))
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


def find_same_letter(connection: Connection, actor: Actor, number: str | None, issuer: str | None) -> Registered | None:
    """Return the document with this number and issuer that `actor` may read, compared without brackets, or None.

    What may not be read looks like what is missing: it is registered twice rather than betrayed.
    """
    wanted, parts = (_bare(number), _bare(issuer)), _PARTS.findall(fold(clean(number or "")))
    if not wanted[0]:
        return None
    rows = connection.execute(
        select(SourceDocument.id, SourceDocument.register_number, SourceDocument.number, SourceDocument.issuer)
        .where(*(SourceDocument.search_text.contains(part, autoescape=True) for part in parts))
        .where(can_read_document(actor))
        .order_by(SourceDocument.id.desc())
        .limit(_LOOKED_AT)
    )
    for row in rows:
        if (_bare(row.number), _bare(row.issuer)) == wanted:
            return Registered(row.id, row.register_number)
    return None


def _bare(text: str | None) -> str:
    """Return a text as it is compared: folded, without blanks and whichever brackets somebody typed."""
    return "".join(_PARTS.findall(fold(clean(text or ""))))


def _refuse_known(known: Registered | None) -> None:
    if known is not None:
        said = Sentence(
            f"同一来文单位、同一文号的来文已登记为{known.register_number}，没有再次登记。",
            f"A document of this issuer with this number is registered as {known.register_number}; nothing was done.",
        )
        raise ConflictError(DOCUMENT_KNOWN, said)


def write_readers(connection: Connection, document_id: int, person_ids: tuple[int, ...]) -> None:
    """Name readers who are not named yet."""
    if person_ids:
        rows = [{"document_id": document_id, "person_id": person_id} for person_id in person_ids]
        connection.execute(insert(DocumentReader), rows)
