"""The register of source documents: the list, one document with its scans and tasks, the form."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, Fault, InvalidError, StaleError
from app.core.text import clean
from app.edge.auth import require_actor
from app.edge.context import current_context
from app.edge.document import log_reading, read_document
from app.edge.errors import answer_for, faults_of
from app.edge.unit import Unit
from app.pages.dropped import note_dropped
from app.pages.items.attachment_panel import make_file_panel
from app.pages.items.form import BROKEN, KEY_FIELD, make_key, read_number
from app.pages.items.item_row import make_rows
from app.pages.personal.draft_panel import Restored, drop_draft, find_restored, make_draft_panel
from app.pages.personal.sent_form import (
    SentNote,
    claim_sending,
    is_spent,
    keep_sending,
    note_known,
    note_sent,
)
from app.pages.show import flash_once, say
from app.pages.supervision.document_form import (
    DocumentForm,
    fill_form,
    name_document_kinds,
    name_urgencies,
    read_document_form,
    say_faults,
)
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.document import find_people, list_documents, list_leaders
from app.services.attachment.permission import Parent
from app.services.document.correcting import correct_document
from app.services.document.fields import read_fields
from app.services.document.finding import require_office
from app.services.document.registering import find_same_letter, register_document
from workflows.roles import Duty

pages = Blueprint("document", __name__)
DOCUMENT = "/documents/<int(max=9223372036854775807):document_id>"
PAGE_ROWS = 25
#: The page that breaks a document into many tasks; linked once it exists.
BATCH = "batch.show"
_WORDS_MAX = 100


@pages.get("/documents")
def list_all() -> str:
    """Show the register, the last registered first."""
    kinds, kind = name_document_kinds(), request.args.get("kind", "")
    words = clean(request.args.get("q", ""))[:_WORDS_MAX]
    if kind not in kinds:
        note_dropped("kind", kind)
        kind = ""
    with current_context().database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        page = list_documents(unit.connection(), actor, kind=kind or None, words=words, limit=PAGE_ROWS,
                              cursor=request.args.get("cursor") or None)  # fmt: skip
    more = url_for("document.list_all", kind=kind or None, q=words or None, cursor=page.next_cursor)
    return render_template(
        "documents.html", here="documents", rows=page.items, kinds=kinds, urgencies=name_urgencies(), kind=kind,
        words=words, next_page=more if page.next_cursor else "", may_register=actor.has(Duty.OFFICE),
    )  # fmt: skip


@pages.get("/documents/new")
def show_new() -> str:
    """Show the empty form."""
    with current_context().database.reading() as unit:
        require_office(require_actor(unit, current_user.person_id))
    today = current_context().today().isoformat()
    return _render_form(DocumentForm({"received_on": today, "kind": "instruction"}, key=make_key()))


@pages.post("/documents")
def register_one() -> Response | tuple[str, int]:
    """Register a document; refused, the form is shown again with what was typed."""
    context, person_id = current_context(), current_user.person_id
    form = _read_form()
    now, today, again = context.now(), context.today(), request.form.get("again") == "1"

    def register(unit: Unit) -> int:
        actor = require_actor(unit, person_id)
        drop_draft(unit, _name_form(None))
        claim_sending(unit, _content(form), form.key, again=again)
        document_id = register_document(
            unit.connection(), actor, now, today, form.given, key=form.key or None, source="page", again=again
        ).document_id
        keep_sending(unit, _content(form), form.key, {"document": document_id})
        return document_id

    try:
        _check(form)
        document_id = context.database.write(register)
    except (InvalidError, ConflictError) as error:
        return _render_form(form, error), answer_for(error).status
    flash_once(_("已登记。"))
    return redirect(url_for("document.show_one", document_id=document_id), 303)


@pages.get(DOCUMENT)
def show_one(document_id: int) -> str:
    """Show one document with its scans and the tasks made from it."""
    context = current_context()
    with context.database.reading() as unit:
        found, actor = read_document(context, unit, current_user.person_id, document_id)
        values: dict[str, Any] = {
            "document": found.row,
            "readers": found.readers,
            "rows": make_rows(unit, context, found.tasks),
            "attachments": make_file_panel(unit, context, actor, Parent(document_id=document_id)),
            "may_correct": actor.has(Duty.OFFICE),
        }
    log_reading(context, actor, found, source="page")
    return render_template(
        "document.html", here="documents", kinds=name_document_kinds(), urgencies=name_urgencies(),
        batch=_find_batch(actor, document_id), **values,
    )  # fmt: skip


def _find_batch(actor: Actor, document_id: int) -> str:
    if BATCH not in current_app.view_functions or not actor.has(Duty.OFFICE):
        return ""
    return url_for(BATCH, document_id=document_id)


@pages.get(f"{DOCUMENT}/edit")
def show_edit(document_id: int) -> str:
    """Show the form with what stands in the register."""
    context = current_context()
    with context.database.reading() as unit:
        found, actor = read_document(context, unit, current_user.person_id, document_id)
        require_office(actor)
    log_reading(context, actor, found, source="page")
    return _render_form(fill_form(found, make_key()), document_id=document_id)


@pages.post(f"{DOCUMENT}/edit")
def correct_one(document_id: int) -> Response | tuple[str, int]:
    """Correct a document on the version that the form was shown with."""
    form = _read_form()
    try:
        _check(form)
        _correct(document_id, form.version, form.given, form=_name_form(document_id))
    except (InvalidError, StaleError) as error:
        return _render_form(form, error, document_id=document_id), answer_for(error).status
    flash(_("已更正，更正前后的内容均有记录。"), "done")
    return _go_to(document_id)


@pages.post(f"{DOCUMENT}/close")
def close_one(document_id: int) -> Response:
    """Mark a document as dealt with, or open it again."""
    is_closed = request.form.get("closed") == "1"
    try:
        _correct(document_id, read_number(request.form.get("version")), {"closed": is_closed})
        flash(_("已办结。") if is_closed else _("已重新打开。"), "done")
    except StaleError as error:
        flash(say(error.sentence), "refused")
    return _go_to(document_id)


def _content(form: DocumentForm) -> dict[str, Any]:
    """Return what makes two sendings of the form the same."""
    return {"form": _name_form(None), "given": form.given}


def _note_sent(unit: Unit, form: DocumentForm, refusal: DomainError | None) -> SentNote | None:
    again = request.form.get("again") == "1"
    found = note_sent(unit, refusal, _content(form), form.key, again=again)
    if found is not None or not isinstance(refusal, ConflictError):
        return found
    actor = require_actor(unit, current_user.person_id)
    given = form.given
    known = find_same_letter(unit.connection(), actor, given.get("number"), given.get("issuer"))
    return note_known(refusal, known.document_id if known else None, again=again)


def _name_form(document_id: int | None) -> str:
    """Return the form's name, under which its draft is kept."""
    return "document.new" if document_id is None else f"document.{document_id}"


def _correct(document_id: int, version: int | None, given: dict[str, Any], *, form: str = "") -> None:
    context, person_id = current_context(), current_user.person_id
    now, today = context.now(), context.today()

    def work(unit: Unit) -> None:
        actor = require_actor(unit, person_id)
        correct_document(unit.connection(), actor, now, today, document_id, version, given, source="page")
        if form:
            drop_draft(unit, form)

    context.database.write(work)


def _go_to(document_id: int) -> Response:
    """Lead back to the document, or to the list when a correction took the visitor's own reading away."""
    context = current_context()
    with context.database.reading() as unit:
        try:
            read_document(context, unit, current_user.person_id, document_id)
        except DomainError:
            return redirect(url_for("document.list_all"), 303)
    return redirect(url_for("document.show_one", document_id=document_id), 303)


def _read_form() -> DocumentForm:
    with current_context().database.reading() as unit:
        require_office(require_actor(unit, current_user.person_id))
        return read_document_form(request.form, lambda logins: find_people(unit.connection(), logins))


def _fill_restored(unit: Unit, restored: Restored, key: str) -> DocumentForm:
    """Return the form as a draft fills it."""
    form = read_document_form(restored.fields, lambda logins: find_people(unit.connection(), logins))
    return replace(form, key=key, version=restored.row.version)


def _check(form: DocumentForm) -> None:
    faults = list(form.faults)
    if faults:  # what cannot be read is told together with what is wrong otherwise
        with current_context().database.reading() as unit:
            faults += _list_more(unit, form, {fault.field for fault in faults})
    if not (form.key.isascii() and form.key.isprintable()):
        faults.append(Fault(KEY_FIELD, BROKEN))
    if faults:
        raise InvalidError(faults)


def _list_more(unit: Unit, form: DocumentForm, known: set[str]) -> list[Fault]:
    try:
        read_fields(unit.connection(), form.given, current_context().today())
    except InvalidError as error:
        return [fault for fault in error.faults if fault.field not in known]
    return []


def _render_form(form: DocumentForm, refusal: DomainError | None = None, *, document_id: int | None = None) -> str:
    context, version = current_context(), form.version
    with context.database.reading() as unit:
        leaders = list_leaders(unit.connection(), context.today())
        draft = make_draft_panel(unit, _name_form(document_id), version)
        restored = find_restored(unit, draft.form)
        if restored is not None:
            form = _fill_restored(unit, restored, form.key)
            if form.version is not None and version is not None and form.version != version:
                refusal = StaleError(version, form.version)
        sent = _note_sent(unit, form, refusal)
    if is_spent(refusal):
        form, refusal = replace(form, key=make_key()), None
    notice = say(refusal.sentence) if isinstance(refusal, StaleError) else ""
    return render_template(
        "document_form.html", here="documents", form=form, document_id=document_id, leaders=leaders, notice=notice,
        version=refusal.current if isinstance(refusal, StaleError) else form.version,
        faults=faults_of(refusal) if refusal else (), sentences=say_faults(faults_of(refusal)) if refusal else {},
        kinds=name_document_kinds(), urgencies=name_urgencies(), draft=draft, sent=sent,
    )  # fmt: skip
