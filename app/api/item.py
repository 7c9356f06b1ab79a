"""GET /items, /items/{id} and /items/{id}/history: only what the caller may read; all else is the same 404."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump, etag
from app.api.body import read_query
from app.api.presenting import show_detail, show_row, show_step
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.edge.reading import log_reading, read_item
from app.queries.history import list_history
from app.queries.item import ItemFilter, list_items
from app.schemas.item import (
    KINDS,
    HistoryPageSchema,
    HistoryQuerySchema,
    ItemDetailSchema,
    ItemPageSchema,
    ItemQuerySchema,
)
from app.services.organisation.department import require_department

api = Blueprint("api_item", __name__)

#: A path's id: beyond a BIGINT there is nothing to find.
ITEM = "/items/<int(max=9223372036854775807):item_id>"


@api.get("/items")
def list_all() -> dict[str, Any]:
    """List the items that the caller may read."""
    given = read_query(ItemQuerySchema())
    context = current_context()
    with context.database.reading() as unit:
        connection = unit.connection()
        actor = require_actor(unit, caller_id())
        name = given.get("department")
        wanted = make_filter(given, None if name is None else require_department(connection, name, "department"))
        page = list_items(connection, actor.readers, context.today(), wanted,
                          sort=given["sort"], limit=given["limit"], cursor=given.get("cursor"))  # fmt: skip
        rows = [show_row(context, unit, row) for row in page.items]
    return dump(ItemPageSchema(), {"items": rows, "next_cursor": page.next_cursor})


def make_filter(given: dict[str, Any], department_id: int | None) -> ItemFilter:
    """Return the filter that a query asks for; `open` and `closed` stand for any state of that sort."""
    states = given.get("state", [])
    named = tuple(state for state in states if state not in ("open", "closed"))
    openness = {state == "open" for state in states if state in ("open", "closed")}
    return ItemFilter(
        kinds=tuple(given.get("kind", KINDS)),
        states=named,
        is_open=openness.pop() if len(openness) == 1 else None,
        department_id=department_id,
        lights=tuple(given.get("light", ())),
        is_overdue=given.get("overdue"),
        words=given.get("q", ""),
    )


@api.get(ITEM)
def show_one(item_id: int) -> Answer:
    """Show one item; its ETag is the version that a step must name."""
    context = current_context()
    with context.database.reading() as unit:
        reading = read_item(context, unit, caller_id(), item_id)
        shown = show_detail(context, unit, reading.item)
    log_reading(context, reading, source="api")
    return dump(ItemDetailSchema(), shown), 200, etag(reading.item.row.version)


@api.get(f"{ITEM}/history")
def show_history(item_id: int) -> dict[str, Any]:
    """Show an item's steps, the newest first."""
    given = read_query(HistoryQuerySchema())
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        page = list_history(unit.connection(), actor.readers, item_id, limit=given["limit"], cursor=given.get("cursor"))
        rows = [show_step(context, unit, page.kind, row) for row in page.rows]
    return dump(HistoryPageSchema(), {"items": rows, "next_cursor": page.next_cursor})
