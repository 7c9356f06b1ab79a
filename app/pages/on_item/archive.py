"""The archive on pages: what is in it, what is past its period, archiving an item and taking it out again."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, InvalidError
from app.edge.auth import require_actor
from app.edge.context import current_context
from app.edge.on_item.package import hand_out_package
from app.pages.items.item import ITEM
from app.pages.items.item_row import name_department, name_number_of
from app.pages.show import flash_once, say, say_label
from app.pages.words import gettext as _
from app.queries.on_item.archive import ArchiveRow, list_archived
from app.services.on_item.archiving import archive_item, set_retention, unarchive_item
from workflows.archive.retention import RETENTION_LABELS, RETENTIONS, Retention

pages = Blueprint("archive", __name__)
ROWS = 50


@dataclass(frozen=True, slots=True)
class ArchiveLine:
    """A row of the archive."""

    number: str
    title: str
    address: str
    item_number: str
    department: str
    retention: str
    archived_at: datetime
    by: str
    keep_until_on: date | None


@pages.get("/archive")
def list_all() -> str:
    """Show archived items, or those past their period."""
    context, cursor = current_context(), request.args.get("after") or None
    is_past = request.args.get("past") == "1"
    retention = request.args.get("retention", "")
    retention = retention if retention in RETENTIONS else ""
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        page = list_archived(
            unit.connection(), actor.readers, is_past_on=context.today() if is_past else None,
            retention=retention or None, limit=ROWS, cursor=cursor,
        )  # fmt: skip
    kept: dict[str, Any] = {"past": "1"} if is_past else {}
    kept |= {"retention": retention} if retention else {}
    return render_template(
        "archive.html", here="archive", rows=[_make_line(row) for row in page.items], is_past=is_past,
        retention=retention, is_later=bool(cursor),
        retentions=[(one.value, say_label(RETENTION_LABELS[one])) for one in Retention],
        next_page=url_for("archive.list_all", after=page.next_cursor, **kept) if page.next_cursor else "",
    )  # fmt: skip


def _make_line(row: ArchiveRow) -> ArchiveLine:
    return ArchiveLine(
        row.number, row.title, url_for("item.show_item", item_id=row.item_id),
        name_number_of(row.kind, row.item_number, row.item_id),
        name_department(row.department_name, row.department_name_en),
        say_label(RETENTION_LABELS[Retention(row.retention)]), row.archived_at, row.archived_by_name,
        row.keep_until_on,
    )  # fmt: skip


@pages.post(f"{ITEM}/archive")
def archive(item_id: int) -> Response:
    """Archive an item with what is below it."""
    context, person_id, now = current_context(), current_user.person_id, current_context().now()
    retention = request.form.get("retention") or None
    try:
        made = context.database.write(
            lambda unit: archive_item(
                unit.connection(), context.book, person_id, now, item_id, retention, key=None, source="page"
            )
        )
        flash_once(_("已归档，档号%(number)s。", number=made.number))
    except (InvalidError, ConflictError) as error:
        _tell(error)
    return _back(item_id)


@pages.post(f"{ITEM}/unarchive")
def unarchive(item_id: int) -> Response:
    """Take an item out of the archive for a reason."""
    context, person_id, now = current_context(), current_user.person_id, current_context().now()
    reason = request.form.get("reason", "")
    try:
        context.database.write(
            lambda unit: unarchive_item(unit.connection(), context.book, person_id, now, item_id, reason, source="page")
        )
        flash_once(_("已撤销归档，可以继续办理。"))
    except (InvalidError, ConflictError) as error:
        _tell(error)
    return _back(item_id)


@pages.post(f"{ITEM}/retention")
def retain(item_id: int) -> Response:
    """Say for how long an item is to be kept."""
    context, person_id, now = current_context(), current_user.person_id, current_context().now()
    retention = request.form.get("retention", "")
    try:
        context.database.write(
            lambda unit: set_retention(
                unit.connection(), context.book, person_id, now, item_id, retention, source="page"
            )
        )
        flash_once(_("保管期限已确定。"))
    except (InvalidError, ConflictError) as error:
        _tell(error)
    return _back(item_id)


@pages.get(f"{ITEM}/package")
def show_package(item_id: int) -> Response:
    """Hand out an archived item as a package; what is not archived leads back to its page."""
    try:
        return hand_out_package(current_context(), current_user.person_id, item_id, source="page")
    except ConflictError as error:
        _tell(error)
        return _back(item_id)


def _tell(error: InvalidError | ConflictError) -> None:
    sentences = [fault.sentence for fault in error.faults] if isinstance(error, InvalidError) else [error.sentence]
    for sentence in sentences:
        flash(say(sentence), "refused")


def _back(item_id: int) -> Response:
    return redirect(url_for("item.show_item", item_id=item_id, _anchor="archive"), 303)
