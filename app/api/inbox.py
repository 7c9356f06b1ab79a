"""GET /inbox: the work that waits. /messages: what the caller was told; reading is marked, never done for others."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.api.body import read_body, read_query
from app.api.presenting import show_row
from app.edge.auth import caller_id, make_act, require_actor
from app.edge.context import Context, current_context
from app.edge.message import say_label, say_text
from app.queries.inbox import list_inbox
from app.queries.message import MessageRow, list_messages
from app.schemas.item import KINDS
from app.schemas.message import (
    DoneSchema,
    InboxQuerySchema,
    InboxSchema,
    MessagePageSchema,
    MessageQuerySchema,
    ReadAllSchema,
    ReadSchema,
)
from app.services.message.inbox import mark_all_read, mark_read

api = Blueprint("api_inbox", __name__)

MESSAGE = "/messages/<int(max=9223372036854775807):message_id>"


@api.get("/inbox")
def show_inbox() -> dict[str, Any]:
    """Show what waits for the caller, the nearest due date first."""
    given = read_query(InboxQuerySchema())
    context = current_context()
    with context.database.reading() as unit:
        connection = unit.connection()
        actor = require_actor(unit, caller_id())
        machines = [context.book.current_machine(connection, kind) for kind in KINDS]
        found = list_inbox(connection, actor, machines, context.today(), limit=given["limit"])
        rows = [
            {**show_row(context, unit, row.item), "state_since": row.state_since, "owes_signature": row.owes_signature}
            for row in found
        ]
    return dump(InboxSchema(), {"items": rows, "next_cursor": None})


@api.get("/messages")
def list_all() -> dict[str, Any]:
    """List the caller's messages, the newest first."""
    given = read_query(MessageQuerySchema())
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        page = list_messages(unit.connection(), actor.person_id, actor.readers, is_unread=given["unread"],
                             limit=given["limit"], cursor=given["cursor"])  # fmt: skip
    rows = [_show(context, row) for row in page.items]
    return dump(MessagePageSchema(), {"items": rows, "next_cursor": page.next_cursor})


def _show(context: Context, row: MessageRow) -> dict[str, Any]:
    item = None
    if row.item_id is not None:
        item = {"id": row.item_id, "kind": row.kind, "number": row.number, "title": row.title, "due_on": row.due_on,
                "is_open": row.is_open}  # fmt: skip
    return {**asdict(row), "label": say_label(row), "text": say_text(row, context.settings.timezone), "item": item}


@api.post(f"{MESSAGE}/read")
def read_one(message_id: int) -> dict[str, Any]:
    """Mark one of the caller's own messages as read; again it changes nothing."""
    context, person_id = current_context(), caller_id()
    context.database.write(
        lambda unit: mark_read(make_act(context, unit, person_id, role="self", source="api"), message_id)
    )
    return dump(DoneSchema(), {"id": message_id})


@api.post("/messages/read-all")
def read_all() -> dict[str, Any]:
    """Mark the caller's messages as read, up to one that was seen when that is named."""
    given = read_body(ReadAllSchema())
    context, person_id = current_context(), caller_id()
    count = context.database.write(
        lambda unit: mark_all_read(make_act(context, unit, person_id, role="self", source="api"), given["up_to"])
    )
    return dump(ReadSchema(), {"read": count})
