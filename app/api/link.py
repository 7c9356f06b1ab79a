"""/items/{id}/links: what an item is linked with and waits for; laying links, all or none; taking one away."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.api.item import ITEM
from app.api.presenting import show_row
from app.core.errors import Fault, InvalidError, Sentence
from app.edge.auth import caller_id, require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.reading import log_reading_of
from app.queries.link import Links, read_links
from app.schemas.link import LinkQuerySchema, LinksSchema, NewLinksSchema
from app.services.linking import Link, add_links, remove_link

api = Blueprint("api_link", __name__)


@api.get(f"{ITEM}/links")
def show_links(item_id: int) -> dict[str, Any]:
    """Show an item's links and the chains of what it waits for and what waits for it."""
    return _show(item_id)


@api.post(f"{ITEM}/links")
def lay_some(item_id: int) -> Answer:
    """Lay links, all or none; one that is there already stays (200 when none is new)."""
    given = read_body(NewLinksSchema)["links"]
    context, person_id = current_context(), caller_id()
    now = context.now()
    links = [_read(item_id, one, f"links[{number}]") for number, one in enumerate(given, 1)]
    added = context.database.write(lambda unit: add_links(unit, context.book, person_id, now, links, source="api"))
    return _show(item_id), 201 if added else 200, {}


@api.delete(f"{ITEM}/links")
def drop_one(item_id: int) -> dict[str, Any]:
    """Take a link away."""
    link = _read(item_id, read_query(LinkQuerySchema), "")
    context, person_id = current_context(), caller_id()
    now = context.now()
    context.database.write(lambda unit: remove_link(unit, context.book, person_id, now, link, source="api"))
    return _show(item_id)


def _read(item_id: int, given: dict[str, Any], place: str) -> Link:
    """Return a link of this item; InvalidError unless exactly one of `to` and `from` names the other."""
    ends = [name for name in ("to", "from_") if name in given]
    if len(ends) != 1:
        said = Sentence("to和from应填且只填一项。", "Give exactly one of to and from.")
        raise InvalidError([Fault(place or "to", said)])
    if ends == ["to"]:
        return Link(item_id, given["to"], given["kind"])
    return Link(given["from_"], item_id, given["kind"])


def _show(item_id: int) -> dict[str, Any]:
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        found = read_links(unit.connection(), actor.readers, item_id, context.today())
        shown: dict[str, Any] = dump(LinksSchema, _present(context, unit, found))
    log_reading_of(context, actor, item_id, source="api")
    return shown


def _present(context: Context, unit: Unit, found: Links) -> dict[str, Any]:
    return {
        "direct": [
            {"kind": one.kind, "is_from": one.is_from, "item": show_row(context, unit, one.item)}
            for one in found.direct
        ],
        "before": [{"steps": one.steps, "item": show_row(context, unit, one.item)} for one in found.before],
        "after": [{"steps": one.steps, "item": show_row(context, unit, one.item)} for one in found.after],
        "loops": [
            {"items": [None if row is None else show_row(context, unit, row) for row in loop]} for loop in found.loops
        ],
    }  # fmt: skip
