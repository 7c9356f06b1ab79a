"""Remarks and internal notes of an item: read, written, corrected, withdrawn; whom they may name."""

from typing import Any

from flask import Blueprint, request

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.api.item import ITEM
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.edge.on_item.adding import find_people
from app.edge.reading import log_reading_of
from app.queries.on_item.remark import find_remark, list_remarks
from app.schemas.on_item.remark import (
    CorrectionSchema,
    NewRemarkSchema,
    ReaderPageSchema,
    ReaderQuerySchema,
    RemarkPageSchema,
    RemarkQuerySchema,
    RemarkSchema,
)
from app.schemas.paging import LanguageQuerySchema
from app.services.on_item.remark import NewRemark, correct_remark, withdraw_remark, write_remark

api = Blueprint("api_remark", __name__)
REMARK = "/remarks/<int(max=9223372036854775807):remark_id>"
_NOTE = "note"


@api.get(f"{ITEM}/remarks")
def list_all(item_id: int) -> dict[str, Any]:
    """List an item's remarks and the notes that the caller may see, the newest first."""
    given = read_query(RemarkQuerySchema)
    context = current_context()
    is_note = None if given["kind"] is None else given["kind"] == _NOTE
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        page = list_remarks(
            unit.connection(), actor, item_id, is_note=is_note, limit=given["limit"], cursor=given["cursor"]
        )
    log_reading_of(context, actor, item_id, source="api")
    return dump(RemarkPageSchema, page)


@api.post(f"{ITEM}/remarks")
def write(item_id: int) -> Answer:
    """Write a remark or a note; repeated under one Idempotency-Key, or within a minute, it happens once."""
    given = read_body(NewRemarkSchema)
    context, person_id = current_context(), caller_id()
    now, today, key = context.now(), context.today(), request.headers.get("Idempotency-Key")
    new = NewRemark(given["text"], given["note"], tuple(given["mentions"]), given["department_id"])
    written = context.database.write(
        lambda unit: write_remark(unit.connection(), person_id, now, today, item_id, new, key=key, source="api")
    )
    replayed = {"Idempotency-Replayed": "true"} if written.is_replay else {}
    return _show(written.remark_id), 201, replayed


@api.get(f"{ITEM}/readers")
def list_readers(item_id: int) -> dict[str, Any]:
    """List people who may read the item, to be named in a remark; the caller is left out."""
    given = read_query(ReaderQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        rows = find_people(context, unit, caller_id(), item_id, given["q"], is_note=given["note"], limit=given["limit"])
    log_reading_of(context, actor, item_id, source="api")
    return dump(ReaderPageSchema, {"items": rows, "next_cursor": None})


@api.get(REMARK)
def show_one(remark_id: int) -> dict[str, Any]:
    """Show one remark."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        found = find_remark(unit.connection(), actor, remark_id)
    log_reading_of(context, actor, found.item_id, source="api")
    return dump(RemarkSchema, found)


@api.patch(REMARK)
def correct(remark_id: int) -> dict[str, Any]:
    """Correct one's own remark within fifteen minutes."""
    given = read_body(CorrectionSchema)
    context, person_id = current_context(), caller_id()
    now, today = context.now(), context.today()
    context.database.write(
        lambda unit: correct_remark(
            unit.connection(), person_id, now, today, remark_id, given["text"], given["mentions"], source="api"
        )
    )
    return _show(remark_id)


@api.post(f"{REMARK}/withdraw")
def withdraw(remark_id: int) -> dict[str, Any]:
    """Withdraw one's own remark."""
    context, person_id = current_context(), caller_id()
    now, today = context.now(), context.today()
    context.database.write(
        lambda unit: withdraw_remark(unit.connection(), person_id, now, today, remark_id, source="api")
    )
    return _show(remark_id)


def _show(remark_id: int) -> dict[str, Any]:
    with current_context().database.reading() as unit:
        return dump(RemarkSchema, find_remark(unit.connection(), require_actor(unit, caller_id()), remark_id))
