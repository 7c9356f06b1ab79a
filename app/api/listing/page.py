"""Answers a list's query with one page of items, for every collection that lists them."""

from collections.abc import Mapping
from typing import Any

from app.api.answer import dump
from app.api.presenting import show_row
from app.edge.auth import caller_id, require_actor
from app.edge.context import Unit, current_context
from app.edge.listing.asking import make_filter
from app.queries.item import list_items
from app.schemas.item import ItemPageSchema
from app.schemas.listing import make_query


def answer_list(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of what the caller may read; `given` is what `ItemQuerySchema` loaded."""
    context, query = current_context(), make_query(given)

    def read(unit: Unit) -> dict[str, Any]:
        connection = unit.connection()
        actor = require_actor(unit, caller_id())
        wanted = make_filter(connection, context.book, actor.person_id, query, is_strict=True)
        page = list_items(connection, actor.readers, context.today(), wanted,
                          sort=query.sort, limit=given["limit"], cursor=query.cursor)  # fmt: skip
        rows = [show_row(context, unit, row) for row in page.items]
        return {"items": rows, "next_cursor": page.next_cursor}

    return dump(ItemPageSchema, context.database.look(read))
