"""Copies for information: sent, listed by item and by receiver, read, withdrawn."""

from typing import Any

from flask import Blueprint, request

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.api.item import ITEM
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.edge.on_item.adding import show_copies_of
from app.edge.reading import log_reading_of
from app.queries.on_item.copy import find_copy, list_copies_to
from app.schemas.on_item.copy import (
    CopyPageSchema,
    CopyQuerySchema,
    CopySchema,
    NewCopiesSchema,
    SentCopiesSchema,
    WithdrawnCopySchema,
)
from app.schemas.paging import PageQuerySchema
from app.services.on_item.copying import NewCopies, mark_copy_read, send_copies, withdraw_copy

api = Blueprint("api_copy", __name__)
COPY = "/copies/<int(max=9223372036854775807):copy_id>"


@api.get("/copies")
def list_own() -> dict[str, Any]:
    """List the copies that the caller got, the newest first."""
    given = read_query(CopyQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        page = list_copies_to(
            unit.connection(), actor.readers, actor.person_id, is_unread=given["unread"], limit=given["limit"],
            cursor=given["cursor"],
        )  # fmt: skip
    return dump(CopyPageSchema, page)


@api.get(f"{ITEM}/copies")
def list_for_item(item_id: int) -> dict[str, Any]:
    """List an item's copies; whether each was read, as far as the caller is to know."""
    given = read_query(PageQuerySchema)
    context, person_id = current_context(), caller_id()
    with context.database.reading() as unit:
        page = show_copies_of(context, unit, person_id, item_id, limit=given["limit"], cursor=given["cursor"])
        actor = require_actor(unit, person_id)
    log_reading_of(context, actor, item_id, source="api")
    return dump(CopyPageSchema, page)


@api.post(f"{ITEM}/copies")
def send(item_id: int) -> Answer:
    """Send copies; who has one already keeps it, and a repeated request sends nothing."""
    given = read_body(NewCopiesSchema)
    context, person_id = current_context(), caller_id()
    now, key = context.now(), request.headers.get("Idempotency-Key")
    new = NewCopies(tuple(given["people"]), tuple(given["departments"]), given["note"])
    sent = context.database.write(
        lambda unit: send_copies(unit.connection(), context.book, person_id, now, item_id, new, key=key, source="api")
    )
    replayed = {"Idempotency-Replayed": "true"} if sent.is_replay else {}
    shown = {"copies": sent.copy_ids, "names": sent.names, "had": sent.had}
    return dump(SentCopiesSchema, shown), 201, replayed


@api.post(f"{COPY}/read")
def read(copy_id: int) -> dict[str, Any]:
    """Note that the caller has read a copy of theirs; the first time counts."""
    context, person_id = current_context(), caller_id()
    now = context.now()
    context.database.write(lambda unit: mark_copy_read(unit.connection(), person_id, now, copy_id))
    with context.database.reading() as unit:
        return dump(CopySchema, find_copy(unit.connection(), person_id, copy_id))


@api.post(f"{COPY}/withdraw")
def withdraw(copy_id: int) -> dict[str, Any]:
    """Withdraw a copy that was not read yet; whom it had made a reader is none any more."""
    context, person_id = current_context(), caller_id()
    now, today = context.now(), context.today()
    item_id = context.database.write(
        lambda unit: withdraw_copy(unit.connection(), person_id, now, today, copy_id, source="api")
    )
    return dump(WithdrawnCopySchema, {"id": copy_id, "item_id": item_id, "withdrawn": True})
