"""Files of items and documents: add, list, show, hand out, take away."""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.api.document import DOCUMENT
from app.api.item import ITEM
from app.edge.attachment import hand_out, log_showing, read_sent, take_in
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.queries.attachment import find_attachment, list_of_document, list_of_item
from app.schemas.attachment import (
    AttachmentPageSchema,
    AttachmentSchema,
    RemovalSchema,
    RemovedSchema,
)
from app.schemas.paging import LanguageQuerySchema
from app.services.attachment.permission import Parent
from app.services.attachment.removing import remove_attachment

api = Blueprint("api_attachment", __name__)
ATTACHMENT = "/attachments/<int(max=9223372036854775807):attachment_id>"


@api.post(f"{ITEM}/attachments")
def add_to_item(item_id: int) -> Answer:
    """Add a file to an item; repeated under one Idempotency-Key, or within a minute, it happens once."""
    return _add(Parent(item_id=item_id))


@api.post(f"{DOCUMENT}/attachments")
def add_to_document(document_id: int) -> Answer:
    """Add a scan to a document; idempotent like the other."""
    return _add(Parent(document_id=document_id))


def _add(parent: Parent) -> Answer:
    context, person_id = current_context(), caller_id()
    added = take_in(
        context, person_id, parent, read_sent(context), key=request.headers.get("Idempotency-Key"), source="api"
    )
    with context.database.reading() as unit:
        found = find_attachment(unit.connection(), require_actor(unit, person_id), added.attachment_id)
    replayed = {"Idempotency-Replayed": "true"} if added.is_replay else {}
    return dump(AttachmentSchema, found.row), 201, replayed


@api.get(f"{ITEM}/attachments")
def list_for_item(item_id: int) -> dict[str, Any]:
    """List an item's files."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        rows = list_of_item(unit.connection(), actor.readers, item_id)
    log_showing(context, actor, Parent(item_id=item_id), source="api")
    return dump(AttachmentPageSchema, {"items": rows, "next_cursor": None})


@api.get(f"{DOCUMENT}/attachments")
def list_for_document(document_id: int) -> dict[str, Any]:
    """List a document's files."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        rows = list_of_document(unit.connection(), actor, document_id)
    log_showing(context, actor, Parent(document_id=document_id), source="api")
    return dump(AttachmentPageSchema, {"items": rows, "next_cursor": None})


@api.get(ATTACHMENT)
def show_one(attachment_id: int) -> dict[str, Any]:
    """Show what is known of a file."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        found = find_attachment(unit.connection(), actor, attachment_id)
    log_showing(context, actor, Parent(found.row.item_id, found.row.document_id), source="api")
    return dump(AttachmentSchema, found.row)


@api.get(f"{ATTACHMENT}/content")
def show_content(attachment_id: int) -> Response:
    """Hand out a file's bytes, to be saved."""
    return hand_out(current_context(), caller_id(), attachment_id, source="api")


@api.delete(ATTACHMENT)
def remove_one(attachment_id: int) -> dict[str, Any]:
    """Take a file away with a reason; its record stays."""
    given = read_body(RemovalSchema)
    context, person_id = current_context(), caller_id()
    now, today = context.now(), context.today()
    context.database.write(
        lambda unit: remove_attachment(
            unit.connection(), person_id, now, today, attachment_id, given["reason"], source="api"
        )
    )
    return dump(RemovedSchema, {"id": attachment_id, "removed": True})
