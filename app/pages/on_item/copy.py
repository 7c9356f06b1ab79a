"""Copies for information: what the visitor got, to whom an item went and who has read it, sending and taking back."""

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, Fault, InvalidError, Sentence
from app.edge.auth import require_actor
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.on_item.adding import may_send_copies
from app.edge.reading import log_reading, read_item
from app.edge.unit import Unit
from app.pages.items.form import check_form_key, make_key, read_number
from app.pages.items.item import ITEM
from app.pages.items.item_row import name_department, name_number
from app.pages.on_item.view import make_copies
from app.pages.show import flash_once, join_names, say
from app.pages.words import gettext as _
from app.queries.department import list_departments
from app.queries.on_item.copy import list_copies_of, list_copies_to
from app.queries.person import find_by_name
from app.services.on_item.copying import NewCopies, Sent, send_copies, withdraw_copy
from workflows.roles import Duty

pages = Blueprint("copy", __name__)
COPY = "/copies/<int(max=9223372036854775807):copy_id>"
ROWS = 50
_NAMES = re.compile(r"[、，,；;\n]+")
_NAMES_MAX = 50
_SAME_MAX = 3


@pages.get("/copies")
def list_own() -> str:
    """Show what the visitor got for information: all of it, or what is unread."""
    context, cursor = current_context(), request.args.get("after") or None
    is_unread = True if request.args.get("unread") == "1" else None
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        page = list_copies_to(
            unit.connection(), actor.readers, actor.person_id, is_unread=is_unread, limit=ROWS, cursor=cursor
        )
        rows = make_copies(page.items, actor, may_withdraw=False)
    kept: dict[str, Any] = {"unread": "1"} if is_unread else {}
    return render_template(
        "copies.html", here="inbox", rows=rows, is_unread=bool(is_unread), is_later=bool(cursor),
        next_page=url_for("copy.list_own", after=page.next_cursor, **kept) if page.next_cursor else "",
    )  # fmt: skip


@pages.get(f"{ITEM}/copies")
def list_of_item(item_id: int) -> str:
    """Show to whom an item went for information, with a form for who may send it to others."""
    return _render(item_id)


@pages.post(f"{ITEM}/copies")
def send(item_id: int) -> Response | tuple[str, int]:
    """Send copies; refused, the form shows what was typed and why."""
    context, person_id, key = current_context(), current_user.person_id, request.form.get("key", "")
    now = context.now()
    try:
        check_form_key(key)
        with context.database.reading() as unit:
            read_item(context, unit, person_id, item_id, children_max=0)
            new = NewCopies(_read_people(unit), _read_departments(), request.form.get("note", ""))
        sent = context.database.write(
            lambda unit: send_copies(
                unit.connection(), context.book, person_id, now, item_id, new, key=key or None, source="page"
            )
        )
    except (InvalidError, ConflictError) as error:
        return _render(item_id, error), answer_for(error).status
    flash_once(_tell_sent(sent))
    return redirect(url_for("copy.list_of_item", item_id=item_id), 303)


@pages.post(f"{COPY}/withdraw")
def withdraw(copy_id: int) -> Response:
    """Withdraw a copy that was not read yet."""
    context, person_id = current_context(), current_user.person_id
    now, today = context.now(), context.today()
    try:
        item_id = context.database.write(
            lambda unit: withdraw_copy(unit.connection(), person_id, now, today, copy_id, source="page")
        )
        flash(_("抄送已撤回，对方不再因此可以查看。"), "done")
    except ConflictError as error:
        flash(say(error.sentence), "refused")
        return redirect(url_for("copy.list_own"), 303)
    return redirect(url_for("copy.list_of_item", item_id=item_id), 303)


def _tell_sent(sent: Sent) -> str:
    if not sent.names:
        return _("此前均已抄送，没有重复发送。")
    return _("已抄送：%(names)s。", names=join_names(sent.names))


def _read_people(unit: Unit) -> tuple[int, ...]:
    """Return the people whose names (or log-ins) were typed; InvalidError for a name of nobody or of several."""
    typed = [name.strip() for name in _NAMES.split(request.form.get("people", "")) if name.strip()]
    found, faults = [], []
    for name in dict.fromkeys(typed[:_NAMES_MAX]):
        people = find_by_name(unit.connection(), name, limit=_SAME_MAX)
        if len(people) == 1:
            found.append(people[0].id)
        elif people:
            said = Sentence(
                f"有多位名叫{name}的人员，请改填登录名。", f"Several people are called {name}; give the log-in name."
            )
            faults.append(Fault("people", said))
        else:
            faults.append(Fault("people", Sentence(f"没有名叫{name}的人员。", f"Nobody is called {name}.")))
    if faults:
        raise InvalidError(faults)
    return tuple(found)


def _read_departments() -> tuple[int, ...]:
    found = [read_number(text) for text in request.form.getlist("department")]
    return tuple(dict.fromkeys(one for one in found if one))


def _render(item_id: int, error: DomainError | None = None) -> str:
    context, cursor = current_context(), request.args.get("after") or None
    with context.database.reading() as unit:
        connection = unit.connection()
        read = read_item(context, unit, current_user.person_id, item_id, children_max=0)
        actor, row, archive = read.actor, read.item.row, read.item.archive
        is_archived = archive is not None and archive.is_archived
        may_send = may_send_copies(context, unit, actor, item_id)
        page = list_copies_of(
            connection, actor.readers, item_id, actor.person_id, knows_all=may_send, limit=ROWS, cursor=cursor
        )
        is_office = any(held.duty is Duty.OFFICE for held in actor.on_kind(row.kind).capacities)
        rows = make_copies(page.items, actor, may_withdraw=is_office, is_archived=is_archived)
        departments = list_departments(connection, context.today()) if may_send and not is_archived else []
    log_reading(context, read, source="page")
    chosen = set(_read_departments()) if error is not None else set()
    return render_template(
        "item_copies.html", here={"project": "projects", "slip": "slips"}.get(row.kind, "tasks"), item=row,
        number=name_number(row), rows=rows, may_send=may_send and not is_archived, is_archived=is_archived,
        departments=[(one.id, name_department(one.name, one.name_en), one.id in chosen) for one in departments],
        key=make_key(), typed=request.form if error is not None else {}, faults=_tell_faults(error),
        next_page=url_for("copy.list_of_item", item_id=item_id, after=page.next_cursor) if page.next_cursor else "",
    )  # fmt: skip


def _tell_faults(error: DomainError | None) -> list[tuple[str, str]]:
    """Return field and sentence of what is wrong."""
    if error is None:
        return []
    if isinstance(error, InvalidError):
        return [(fault.field, say(fault.sentence)) for fault in error.faults]
    return [("", say(error.sentence))]
