"""An item's remarks and notes on their own page: written, corrected, withdrawn; whom they may name."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, InvalidError
from app.edge.auth import require_actor
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.on_item.adding import find_people
from app.edge.reading import log_reading, log_reading_of, read_item
from app.edge.unit import Unit
from app.pages.items.form import check_form_key, make_key, read_number
from app.pages.items.item import ITEM
from app.pages.items.item_row import name_department, name_number
from app.pages.on_item.view import make_remark_form, make_remarks, read_sort
from app.pages.personal.sent_form import SentNote, claim_sending, is_spent, keep_sending, note_sent
from app.pages.show import flash_once, join_names, say
from app.pages.words import gettext as _
from app.policy.people import name_people
from app.queries.on_item.people import CHOICES_MAX, LIMIT
from app.queries.on_item.remark import find_remark, list_remarks
from app.services.on_item.remark import NewRemark, Written, correct_remark, withdraw_remark, write_remark

pages = Blueprint("remark", __name__)
REMARK = "/remarks/<int(max=9223372036854775807):remark_id>"
ROWS = 30
_WORDS_MAX = 50
_CHOSEN_MAX = 50


@pages.get(f"{ITEM}/remarks")
def list_all(item_id: int) -> str:
    """Show an item's remarks and the notes that the visitor may see, with a form for another."""
    return _render(item_id)


@pages.get(f"{ITEM}/remarks/people")
def answer_people(item_id: int) -> Response:
    """Answer the form's script with people who may be named in a remark or, by `sort`, in a note."""
    context = current_context()
    words, is_note = request.args.get("q", "")[:_WORDS_MAX], read_sort(request.args.get("sort", ""))[0]
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        rows = find_people(context, unit, current_user.person_id, item_id, words, is_note=is_note, limit=LIMIT)
    log_reading_of(context, actor, item_id, source="page")
    return jsonify(
        [
            {"id": row.id, "name": row.name, "department": name_department(row.department_name, row.department_name_en)}
            for row in rows
        ]
    )


@pages.post(f"{ITEM}/remarks")
def write(item_id: int) -> Response | tuple[str, int]:
    """Write a remark or a note; refused, the page shows what was typed and why."""
    context, person_id, given = current_context(), current_user.person_id, request.form
    now, today, key = context.now(), context.today(), given.get("key", "")
    is_note, department_id = read_sort(given.get("sort", ""))
    mentions = _read_mentions()
    new = NewRemark(given.get("text", ""), is_note, mentions, department_id)
    content = {"remark": item_id, "text": new.text.strip(), "sort": given.get("sort", ""), "mentions": list(mentions)}
    again = given.get("again") == "1"

    def work(unit: Unit) -> Written:
        claim_sending(unit, content, key or None, again=again)
        written = write_remark(unit.connection(), person_id, now, today, item_id, new, key=key or None, source="page")
        keep_sending(unit, content, key or None, {"item": item_id})
        return written

    try:
        check_form_key(key)
        written = context.database.write(work)
    except (InvalidError, ConflictError) as error:
        with context.database.reading() as unit:
            sent = note_sent(unit, error, content, key or None, again=again)
        return _render(item_id, error, sent=sent), answer_for(error).status
    flash_once(_tell_written(written, is_note=is_note))
    return redirect(url_for("item.show_item", item_id=item_id, _anchor="remarks"), 303)


def _tell_written(written: Written, *, is_note: bool) -> str:
    said = _("内部备注已保存。") if is_note else _("留言已发出。")
    if not written.told:
        return said
    return said + (" " if said.isascii() else "") + _("已提醒：%(names)s。", names=join_names(written.told))


@pages.post(f"{REMARK}/correct")
def correct(remark_id: int) -> Response | tuple[str, int]:
    """Correct one's own remark; refused, the page shows what was typed and why."""
    context, person_id, text = current_context(), current_user.person_id, request.form.get("text", "")
    now, today = context.now(), context.today()
    item_id = _find_item(remark_id)
    try:
        context.database.write(
            lambda unit: correct_remark(unit.connection(), person_id, now, today, remark_id, text, source="page")
        )
    except (InvalidError, ConflictError) as error:
        return _render(item_id, error, corrected=remark_id), answer_for(error).status
    flash(_("已更正，原文保留。"), "done")
    return redirect(url_for("remark.list_all", item_id=item_id, _anchor=f"remark-{remark_id}"), 303)


@pages.post(f"{REMARK}/withdraw")
def withdraw(remark_id: int) -> Response:
    """Withdraw one's own remark."""
    context, person_id = current_context(), current_user.person_id
    now, today = context.now(), context.today()
    item_id = _find_item(remark_id)
    try:
        context.database.write(
            lambda unit: withdraw_remark(unit.connection(), person_id, now, today, remark_id, source="page")
        )
        flash(_("已撤回，记录保留。"), "done")
    except ConflictError as error:
        flash(say(error.sentence), "refused")
    return redirect(url_for("remark.list_all", item_id=item_id, _anchor=f"remark-{remark_id}"), 303)


def _find_item(remark_id: int) -> int:
    context = current_context()
    with context.database.reading() as unit:
        return find_remark(unit.connection(), require_actor(unit, current_user.person_id), remark_id).item_id


def _read_mentions() -> tuple[int, ...]:
    """Return the people chosen in the form; what is no number is left out."""
    found = [read_number(text) for text in request.form.getlist("mention")[:_CHOSEN_MAX]]
    return tuple(dict.fromkeys(one for one in found if one))


def _render(
    item_id: int, error: DomainError | None = None, *, sent: SentNote | None = None, corrected: int | None = None
) -> str:
    context = current_context()
    with context.database.reading() as unit:
        connection = unit.connection()
        read = read_item(context, unit, current_user.person_id, item_id, children_max=0)
        cursor = request.args.get("after") or None
        page = list_remarks(connection, read.actor, item_id, limit=ROWS, cursor=cursor)
        row, archive = read.item.row, read.item.archive
        is_archived = archive is not None and archive.is_archived
        actor = read.actor.on_kind(row.kind)
        typed = _read_typed(unit) if error is not None and corrected is None else {}
        key = request.form.get("key", "") if typed and not is_spent(error) else make_key()
        form = None if is_archived else make_remark_form(actor, current_user.posts, item_id, key, **typed)
        people = [] if form is None else list_choices(unit, item_id)
        remarks = make_remarks(page.items, context, actor, is_archived=is_archived)
    log_reading(context, read, source="page")
    return render_template(
        "remarks.html", here={"project": "projects", "slip": "slips"}.get(row.kind, "tasks"), item=row,
        number=name_number(row), remarks=remarks, form=form, people=people, sent=sent, is_archived=is_archived,
        faults=_tell_faults(error, sent), corrected=corrected, corrected_text=request.form.get("text", ""),
        next_page=url_for("remark.list_all", item_id=item_id, after=page.next_cursor) if page.next_cursor else "",
        is_later=bool(cursor),
    )  # fmt: skip


def list_choices(unit: Unit, item_id: int) -> list[tuple[int, str]]:
    """Return who may be named, for the form without script: id and name with department."""
    context = current_context()
    rows = find_people(context, unit, current_user.person_id, item_id, "", is_note=False, limit=CHOICES_MAX)
    return [
        (row.id, _name_choice(row.name, name_department(row.department_name, row.department_name_en))) for row in rows
    ]


def _name_choice(name: str, department: str) -> str:
    return _("%(name)s（%(department)s）", name=name, department=department) if department else name


def _read_typed(unit: Unit) -> dict[str, Any]:
    chosen = _read_mentions()
    names = name_people(unit.connection(), chosen)
    return {
        "sort": request.form.get("sort", ""),
        "text": request.form.get("text", ""),
        "chosen": tuple((one, names[one]) for one in chosen if one in names),
    }


def _tell_faults(error: DomainError | None, sent: SentNote | None) -> list[str]:
    if error is None or sent is not None:
        return []
    if isinstance(error, InvalidError):
        return [say(fault.sentence) for fault in error.faults]
    return [say(error.sentence)]
