"""/items/{id}/changes, /items/{id}/lights: what changed since a day, the light over time."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.api.body import read_query
from app.api.item import ITEM
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.reading import log_reading, read_item
from app.edge.since import read_since
from app.queries.project.changes import DueMoved, read_changes
from app.queries.project.lights import read_lights
from app.schemas.paging import LanguageQuerySchema
from app.schemas.project import ChangesSchema, LightsSchema, SinceQuerySchema
from workflows.calendar import Calendar

api = Blueprint("api_change", __name__)


@api.get(f"{ITEM}/changes")
def show_changes(item_id: int) -> dict[str, Any]:
    """Show what changed in an item and below it since a day."""
    given = read_query(SinceQuerySchema)
    context = current_context()
    since = read_since(context, given.get("since"))
    with context.database.reading() as unit:
        read = read_item(context, unit, caller_id(), item_id, children_max=0)
        changes = read_changes(unit.connection(), read.actor.readers, item_id, since.at, since.on_day)
        calendar = context.book.calendar(unit.connection())
    log_reading(context, read, source="api")
    moved = [{**asdict(one), "workdays": _count(one, calendar)} for one in changes.moved]
    return dump(ChangesSchema, {**asdict(changes), "moved": moved, "since": since.on_day, "more": sorted(changes.more)})


def _count(one: DueMoved, calendar: Calendar) -> int | None:
    """Return by how many working days a date moved; negative: to an earlier one."""
    if one.from_on is None or one.to_on is None:
        return None
    if one.to_on >= one.from_on:
        return calendar.workdays_between(one.from_on, one.to_on)
    return -calendar.workdays_between(one.to_on, one.from_on)


@api.get(f"{ITEM}/lights")
def show_lights(item_id: int) -> dict[str, Any]:
    """Show an item's light over time."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        read = read_item(context, unit, caller_id(), item_id, children_max=0)
        history = read_lights(unit.connection(), read.actor.readers, item_id)
    log_reading(context, read, source="api")
    return dump(LightsSchema, asdict(history))
