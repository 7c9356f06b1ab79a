"""Corrects a registered document on the version that its editor saw; the audit keeps what stood before and after."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.engine import Connection

from app.core.errors import StaleError
from app.models.document import DocumentReader, SourceDocument
from app.policy.people import Actor
from app.services.document.fields import NAMES, read_fields
from app.services.document.finding import get_readable, list_reader_ids, require_office
from app.services.document.registering import write_readers
from app.services.recording import Acting, plain, write_audit


def correct_document(
    connection: Connection, actor: Actor, now: datetime, today: date, document_id: int, version: int | None,
    given: Mapping[str, Any], *, source: str,
) -> int:  # fmt: skip
    """Change the fields that `given` names (`closed`: true closes it, false opens it again); returns the version.

    What changes nothing raises no version. NotFoundError, ForbiddenError, StaleError, InvalidError.
    """
    document = get_readable(connection, actor, document_id, lock=True)
    capacity = require_office(actor)
    if version != document.version:
        raise StaleError(document.version, version)
    named = tuple(list_reader_ids(connection, document_id))
    present = {name: getattr(document, name) for name in NAMES if name != "readers"} | {"readers": named}
    fields = read_fields(connection, {**present, **given}, today)
    wanted = asdict(fields)
    closed_at = document.closed_at
    if given.get("closed") is not None and given["closed"] != (closed_at is not None):
        closed_at = now if given["closed"] else None
    before = {**present, "closed_at": document.closed_at}
    after = {**wanted, "closed_at": closed_at}
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return document.version
    connection.execute(
        update(SourceDocument)
        .where(SourceDocument.id == document_id)
        .values(
            **fields.columns(), search_text=fields.search_text(document.register_number), closed_at=closed_at,
            version=document.version + 1,
        )
    )  # fmt: skip
    if "readers" in changed:
        connection.execute(delete(DocumentReader).where(DocumentReader.document_id == document_id))
        write_readers(connection, document_id, fields.readers)
    write_audit(
        connection, Acting(actor.person_id, "office", capacity), now, action="correct_document", source=source,
        subject=f"document:{document_id}", before={name: plain(before[name]) for name in changed},
        after={name: plain(after[name]) for name in changed},
    )  # fmt: skip
    return document.version + 1
