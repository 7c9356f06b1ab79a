"""GET /inbox: the work that waits; POST /actions: one step on many items; /messages: what the caller was told."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, request

from app.api.answer import dump
from app.api.body import read_body, read_query
from app.api.presenting import show_row
from app.edge.auth import caller_id, make_act, require_actor
from app.edge.bulk import Pick, Result, perform_each
from app.edge.context import Context, current_context
from app.edge.message import say_label, say_text
from app.edge.problem import describe_problem
from app.edge.work import WorkRow, name_role, read_work
from app.queries.inbox import InboxFilter
from app.queries.message import MessageRow, list_messages
from app.schemas.inbox import BulkAnswerSchema, BulkRequestSchema, InboxQuerySchema, InboxSchema
from app.schemas.message import (
    DoneSchema,
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
    """Show what waits for the caller, the nearest due date first, with the steps that are open."""
    given = read_query(InboxQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        found = read_work(
            context, unit, require_actor(unit, caller_id()),
            InboxFilter(tuple(given.get("kind", ())), given["post"], given["signatures"], given["q"]),
            limit=given["limit"], cursor=given["cursor"],
        )  # fmt: skip
        rows = [{**show_row(context, unit, row.found.item), **_show_work(row)} for row in found.rows]
    return dump(InboxSchema, {"items": rows, "next_cursor": found.next_cursor})


def _show_work(row: WorkRow) -> dict[str, Any]:
    moves = [offer for offer in row.offers if offer.is_open]
    following = row.consequence
    return {
        "state_since": row.found.state_since,
        "owes_signature": row.found.owes_signature,
        "since": row.found.since,
        "for_person_id": row.found.for_person_id,
        "for_person_name": row.found.for_person_name,
        "role": row.role,
        "consequence": following and {**asdict(following), "to_role": name_role(following.to_role)},
        "moves": [
            {"action": offer.action, "label": offer.label, "asks": [field.name for field in offer.fields],
             "post_ids": [post.post_id for post in offer.posts]}
            for offer in moves
        ],
    }  # fmt: skip


@api.post("/actions")
def take_actions() -> dict[str, Any]:
    """Take one step on many items, each by itself; the answer tells for each what became of it."""
    given = read_body(BulkRequestSchema)
    picks = [Pick(one["id"], one["version"], one["as_post"]) for one in given["items"]]
    results = perform_each(
        current_context(), caller_id(), given["action"], picks, given["fields_"],
        key=request.headers.get("Idempotency-Key"), source="api",
    )  # fmt: skip
    return dump(BulkAnswerSchema, {"items": list(map(_show_result, results)), "next_cursor": None})


def _show_result(result: Result) -> dict[str, Any]:
    answer = result.answer or {}
    return {
        "id": result.item_id,
        "status": result.status,
        "code": result.code,
        "state": answer.get("state"),
        "version": answer.get("version"),
        "problem": None if result.error is None else describe_problem(result.error),
    }


@api.get("/messages")
def list_all() -> dict[str, Any]:
    """List the caller's messages, the newest first."""
    given = read_query(MessageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        page = list_messages(unit.connection(), actor.person_id, actor.readers, is_unread=given["unread"],
                             limit=given["limit"], cursor=given["cursor"])  # fmt: skip
    rows = [_show(context, row) for row in page.items]
    return dump(MessagePageSchema, {"items": rows, "next_cursor": page.next_cursor})


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
    return dump(DoneSchema, {"id": message_id})


@api.post("/messages/read-all")
def read_all() -> dict[str, Any]:
    """Mark the caller's messages as read, up to one that was seen when that is named."""
    given = read_body(ReadAllSchema)
    context, person_id = current_context(), caller_id()
    count = context.database.write(
        lambda unit: mark_all_read(make_act(context, unit, person_id, role="self", source="api"), given["up_to"])
    )
    return dump(ReadSchema, {"read": count})
