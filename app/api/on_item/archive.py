"""The archive: periods, archiving, taking out, what is kept and what is past its period; an item as a package."""

from typing import Any

from flask import Blueprint, Response, request

from app.api.answer import dump
from app.api.body import read_body, read_query
from app.api.item import ITEM
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.edge.on_item.package import hand_out_package
from app.edge.reading import log_reading, read_item
from app.queries.on_item.archive import list_archived
from app.schemas.on_item.archive import (
    ArchivedSchema,
    ArchivePageSchema,
    ArchiveQuerySchema,
    ArchivingSchema,
    RetentionSchema,
    UnarchivingSchema,
)
from app.services.on_item.archiving import archive_item, set_retention, unarchive_item

api = Blueprint("api_archive", __name__)


@api.get("/archive")
def list_all() -> dict[str, Any]:
    """List archived items that the caller may read, or those past their period."""
    given = read_query(ArchiveQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        page = list_archived(
            unit.connection(), actor.readers, is_past_on=context.today() if given["past"] else None,
            retention=given["retention"], limit=given["limit"], cursor=given["cursor"],
        )  # fmt: skip
    return dump(ArchivePageSchema, page)


@api.put(f"{ITEM}/retention")
def retain(item_id: int) -> dict[str, Any]:
    """Say for how long an item is to be kept."""
    given = read_body(RetentionSchema)
    context, person_id = current_context(), caller_id()
    now = context.now()
    context.database.write(
        lambda unit: set_retention(
            unit.connection(), context.book, person_id, now, item_id, given["retention"], source="api"
        )
    )
    return _show(item_id, ())


@api.post(f"{ITEM}/archive")
def archive(item_id: int) -> dict[str, Any]:
    """Archive a closed item with everything below it."""
    given = read_body(ArchivingSchema)
    context, person_id = current_context(), caller_id()
    now, key = context.now(), request.headers.get("Idempotency-Key")
    made = context.database.write(
        lambda unit: archive_item(
            unit.connection(), context.book, person_id, now, item_id, given["retention"], key=key, source="api"
        )
    )
    return _show(item_id, made.item_ids)


@api.post(f"{ITEM}/unarchive")
def unarchive(item_id: int) -> dict[str, Any]:
    """Take an item, with what was filed within it, out of the archive."""
    given = read_body(UnarchivingSchema)
    context, person_id = current_context(), caller_id()
    now = context.now()
    ids = context.database.write(
        lambda unit: unarchive_item(
            unit.connection(), context.book, person_id, now, item_id, given["reason"], source="api"
        )
    )
    return _show(item_id, ids)


@api.get(f"{ITEM}/package")
def show_package(item_id: int) -> Response:
    """Hand out an item with its history, remarks and files as one ZIP with checksums."""
    return hand_out_package(current_context(), caller_id(), item_id, source="api")


def _show(item_id: int, item_ids: tuple[int, ...]) -> dict[str, Any]:
    context = current_context()
    with context.database.reading() as unit:
        reading = read_item(context, unit, caller_id(), item_id, children_max=0)
    log_reading(context, reading, source="api")
    return dump(ArchivedSchema, {"item_id": item_id, "archive": reading.item.archive, "item_ids": item_ids})
