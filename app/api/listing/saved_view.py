"""/views: the saved views of lists: one's own and those that the office shares."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.core.errors import NotFoundError
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.listing.view import delete_view, save_view
from app.queries.personal.saved_view import ViewRow, list_views
from app.schemas.saved_view import NewViewSchema, ViewPageSchema, ViewQuerySchema, ViewSchema

api = Blueprint("api_saved_view", __name__)
VIEW = "/views/<int(max=9223372036854775807):view_id>"


@api.get("/views")
def list_all() -> dict[str, Any]:
    """List the views that the caller is offered, shared ones first."""
    place = read_query(ViewQuerySchema).get("place")
    with current_context().database.reading() as unit:
        rows = list_views(unit.connection(), caller_id(), place)
    return dump(ViewPageSchema, {"items": rows, "next_cursor": None})


@api.post("/views")
def save() -> Answer:
    """Save a view (201); one of the caller's with this name, or else with this address, is changed (200)."""
    given = read_body(NewViewSchema)
    view_id, is_new = save_view(
        current_context(), caller_id(), given["place"], given["name"], given["query"], is_shared=given["shared"],
        source="api",
    )  # fmt: skip
    return dump(ViewSchema, _find(view_id)), 201 if is_new else 200, {}


@api.delete(VIEW)
def drop(view_id: int) -> dict[str, Any]:
    """Take a view away: one's own, for the office any shared one; answers with what it was."""
    shown = dump(ViewSchema, _find(view_id))
    delete_view(current_context(), caller_id(), view_id, source="api")
    return shown


def _find(view_id: int) -> ViewRow:
    with current_context().database.reading() as unit:
        rows = list_views(unit.connection(), caller_id())
    found = next((row for row in rows if row.id == view_id), None)
    if found is None:
        raise NotFoundError("没有这个视图。", "There is no such view.")
    return found
