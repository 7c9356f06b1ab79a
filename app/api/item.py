"""Items and projects, one item, its history: only what the caller may read; all else is the same 404."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump, etag
from app.api.body import read_query
from app.api.listing.page import answer_list
from app.api.presenting import show_detail, show_step
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.edge.reading import log_reading, log_reading_of, read_item
from app.queries.history import list_history
from app.schemas.item import (
    HistoryPageSchema,
    HistoryQuerySchema,
    ItemDetailSchema,
    ItemQuerySchema,
    ProjectQuerySchema,
)

api = Blueprint("api_item", __name__)

#: A path's id: beyond a BIGINT there is nothing to find.
ITEM = "/items/<int(max=9223372036854775807):item_id>"


@api.get("/items")
def list_all() -> dict[str, Any]:
    """List the items that the caller may read."""
    return answer_list(read_query(ItemQuerySchema))


@api.get("/projects")
def list_projects() -> dict[str, Any]:
    """List the projects that the caller may read."""
    return answer_list(read_query(ProjectQuerySchema) | {"kind": ["project"]})


@api.get(ITEM)
def show_one(item_id: int) -> Answer:
    """Show one item; its ETag is the version that a step must name."""
    context = current_context()
    with context.database.reading() as unit:
        reading = read_item(context, unit, caller_id(), item_id)
        shown = show_detail(context, unit, reading.item)
    log_reading(context, reading, source="api")
    return dump(ItemDetailSchema, shown), 200, etag(reading.item.row.version)


@api.get(f"{ITEM}/history")
def show_history(item_id: int) -> dict[str, Any]:
    """Show an item's steps, the newest first."""
    given = read_query(HistoryQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        page = list_history(unit.connection(), actor.readers, item_id, limit=given["limit"], cursor=given.get("cursor"))
        rows = [show_step(context, unit, page.kind, row) for row in page.rows]
    log_reading_of(context, actor, item_id, source="api")
    return dump(HistoryPageSchema, {"items": rows, "next_cursor": page.next_cursor})
