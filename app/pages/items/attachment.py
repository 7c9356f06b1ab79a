"""Files on the pages: added and taken away by forms without script, handed out to be saved."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, InvalidError
from app.edge.attachment import hand_out, limit_request, read_sent, take_in
from app.edge.auth import require_actor
from app.edge.context import current_context
from app.pages.items.form import BROKEN
from app.pages.items.item import ITEM
from app.pages.show import say
from app.pages.words import gettext as _
from app.queries.attachment import find_attachment
from app.services.attachment.permission import Parent
from app.services.attachment.removing import remove_attachment

pages = Blueprint("attachment", __name__)
DOCUMENT = "/documents/<int(max=9223372036854775807):document_id>"
ATTACHMENT = "/attachments/<int(max=9223372036854775807):attachment_id>"
_STRANGER_MAX = 64 * 1024


@pages.before_request
def limit() -> None:
    """Bound the body before the token against forgery is looked for in it; a stranger sends next to nothing."""
    if current_user.is_authenticated:
        limit_request(current_context())
    else:
        request.max_content_length = _STRANGER_MAX


@pages.post(f"{ITEM}/attachments")
def add_to_item(item_id: int) -> Response:
    """Add a file to an item."""
    return _add(Parent(item_id=item_id))


@pages.post(f"{DOCUMENT}/attachments")
def add_to_document(document_id: int) -> Response:
    """Add a scan to a document."""
    return _add(Parent(document_id=document_id))


def _add(parent: Parent) -> Response:
    context = current_context()
    key = request.form.get("key", "")
    try:
        if not (key.isascii() and key.isprintable()):
            flash(say(BROKEN), "refused")
        else:
            sent = read_sent(context)
            take_in(context, current_user.person_id, parent, sent, key=key or None, source="page")
            flash(_("附件已上传。"), "done")
    except InvalidError as error:
        for fault in error.faults:
            flash(say(fault.sentence), "refused")
    except ConflictError as error:
        flash(say(error.sentence), "refused")
    return redirect(_locate(parent), 303)


def _locate(parent: Parent) -> str:
    if parent.item_id is not None:
        return url_for("item.show_item", item_id=parent.item_id, _anchor="attachments")
    return url_for("document.show_one", document_id=parent.document_id, _anchor="attachments")


@pages.get(f"{ATTACHMENT}/content")
def show_content(attachment_id: int) -> Response:
    """Hand out a file's bytes, to be saved."""
    return hand_out(current_context(), current_user.person_id, attachment_id, source="page")


@pages.post(f"{ATTACHMENT}/remove")
def remove(attachment_id: int) -> Response:
    """Take a file away with a reason."""
    context, person_id = current_context(), current_user.person_id
    now, today, reason = context.now(), context.today(), request.form.get("reason", "")
    with context.database.reading() as unit:
        found = find_attachment(unit.connection(), require_actor(unit, person_id), attachment_id)
    try:
        context.database.write(
            lambda unit: remove_attachment(
                unit.connection(), person_id, now, today, attachment_id, reason, source="page"
            )
        )
        flash(_("附件已移除，记录保留。"), "done")
    except InvalidError as error:
        for fault in error.faults:
            flash(say(fault.sentence), "refused")
    except ConflictError as error:
        flash(say(error.sentence), "refused")
    return redirect(_locate(Parent(found.row.item_id, found.row.document_id)), 303)
