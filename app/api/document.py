"""The register of source documents: list, register, show, correct."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, request

from app.api.answer import Answer, dump, etag
from app.api.body import read_body, read_query, read_version
from app.api.presenting import show_row
from app.edge.administering import may_look_after
from app.edge.auth import caller_id, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.document import log_reading, read_document
from app.policy.people import Actor
from app.queries.document import DocumentDetail, find_document, list_documents
from app.schemas.document import (
    DocumentCorrectionSchema,
    DocumentDetailSchema,
    DocumentPageSchema,
    DocumentQuerySchema,
    DocumentRequestSchema,
)
from app.services.document.correcting import correct_document
from app.services.document.registering import register_document

api = Blueprint("api_document", __name__)
DOCUMENT = "/documents/<int(max=9223372036854775807):document_id>"


@api.get("/documents")
def list_all() -> dict[str, Any]:
    """List the documents that the caller may read, the last registered first."""
    given = read_query(DocumentQuerySchema)
    with current_context().database.reading() as unit:
        actor = require_actor(unit, caller_id())
        page = list_documents(
            unit.connection(), actor, kind=given.get("kind"), words=given["q"], limit=given["limit"],
            cursor=given.get("cursor"),
        )  # fmt: skip
    return dump(DocumentPageSchema, page)


@api.post("/documents")
def register_one() -> Answer:
    """Register a document; repeated under one Idempotency-Key it happens once."""
    given = read_body(DocumentRequestSchema)
    again = given.pop("again")
    context, person_id = current_context(), caller_id()
    now, today, key = context.now(), context.today(), request.headers.get("Idempotency-Key")
    made = context.database.write(
        lambda unit: register_document(
            unit.connection(), require_actor(unit, person_id), now, today, given, key=key, source="api", again=again
        )
    )
    shown, version = _show(context, person_id, made.document_id, was_readable=not made.is_replay)
    replayed = {"Idempotency-Replayed": "true"} if made.is_replay else {}
    return shown, 201, {**etag(version), **replayed, "Location": f"/api/v1/documents/{made.document_id}"}


@api.get(DOCUMENT)
def show_one(document_id: int) -> Answer:
    """Show one document with the tasks made from it; its ETag is the version that a correction must name."""
    context = current_context()
    with context.database.reading() as unit:
        found, actor = read_document(context, unit, caller_id(), document_id)
        shown = _show_detail(context, unit, actor, found)
    log_reading(context, actor, found, source="api")
    return shown, 200, etag(found.row.version)


@api.patch(DOCUMENT)
def correct_one(document_id: int) -> Answer:
    """Correct a document on the version that If-Match names."""
    given = read_body(DocumentCorrectionSchema)
    context, person_id, version = current_context(), caller_id(), read_version()
    now, today = context.now(), context.today()
    context.database.write(
        lambda unit: correct_document(
            unit.connection(), require_actor(unit, person_id), now, today, document_id, version, given, source="api"
        )
    )
    shown, current = _show(context, person_id, document_id, was_readable=True)
    return shown, 200, etag(current)


def _show(context: Context, person_id: int, document_id: int, *, was_readable: bool) -> tuple[dict[str, Any], int]:
    """Return what the caller has just written, even when it took their own reading away (`was_readable`)."""
    with context.database.reading() as unit:
        actor = require_actor(unit, person_id)
        found = find_document(unit.connection(), actor, document_id, context.today(), was_readable=was_readable)
        return _show_detail(context, unit, actor, found), found.row.version


def _show_detail(context: Context, unit: Unit, actor: Actor, found: DocumentDetail) -> dict[str, Any]:
    """Return a document as `actor` may see it: how its readers log in is not for everybody."""
    tasks = [show_row(context, unit, row) for row in found.tasks]
    hidden = {} if may_look_after(actor) else {"login": None}
    readers = [{**asdict(reader), **hidden} for reader in found.readers]
    return dump(DocumentDetailSchema, {**asdict(found.row), "readers": readers, "tasks": tasks})
