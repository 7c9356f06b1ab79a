"""/drafts: what the caller has typed into forms and not sent, the same that the pages keep."""

from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.api.body import read_body, read_query
from app.core.errors import NotFoundError
from app.edge.auth import caller_id
from app.edge.context import Unit, current_context
from app.queries.personal.draft import DraftRow, find_draft, list_drafts
from app.schemas.paging import LanguageQuerySchema
from app.schemas.personal.draft import DiscardedDraftSchema, DraftPageSchema, DraftSchema, NewDraftSchema
from app.services.personal.draft import discard_draft, save_draft

api = Blueprint("api_draft", __name__)
DRAFT = "/drafts/<form>"


@api.get("/drafts")
def list_all() -> dict[str, Any]:
    """List the caller's drafts."""
    read_query(LanguageQuerySchema)
    with current_context().database.reading() as unit:
        rows = list_drafts(unit.connection(), caller_id())
    return dump(DraftPageSchema, {"items": rows, "next_cursor": None})


@api.get(DRAFT)
def show_one(form: str) -> dict[str, Any]:
    """Show the caller's draft of a form."""
    read_query(LanguageQuerySchema)
    with current_context().database.reading() as unit:
        return dump(DraftSchema, _require(unit, form))


def _require(unit: Unit, form: str) -> DraftRow:
    # No form's name holds a NUL, which PostgreSQL would not even compare.
    row = None if "\0" in form else find_draft(unit.connection(), caller_id(), form)
    if row is None:
        raise NotFoundError("没有这份草稿。", "There is no such draft.")
    return row


@api.put(DRAFT)
def save(form: str) -> dict[str, Any]:
    """Keep what was typed, in place of what was kept before."""
    given = read_body(NewDraftSchema)
    context, person_id = current_context(), caller_id()
    now = context.now()

    def write(unit: Unit) -> DraftRow:
        save_draft(unit.connection(), person_id, form, given["version"], given["data"], now)
        return _require(unit, form)

    return dump(DraftSchema, context.database.write(write))


@api.delete(DRAFT)
def discard(form: str) -> dict[str, Any]:
    """Forget a draft (idempotent)."""
    person_id = caller_id()
    if "\0" not in form:
        current_context().database.write(lambda unit: discard_draft(unit.connection(), person_id, form))
    return dump(DiscardedDraftSchema, {"form": form, "discarded": True})
