"""Many tasks at once, by a form or a file with a preview; one new task; the result with its links."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.core.errors import ConflictError, DomainError, InvalidError
from app.core.text import fold
from app.edge.attachment import name_download
from app.edge.auth import require_actor
from app.edge.batch import make_form, read_upload, widen_request
from app.edge.context import Context, current_context
from app.edge.errors import answer_for
from app.edge.unit import Unit
from app.pages.items.form import make_key
from app.pages.items.item_row import name_department
from app.pages.personal.draft_panel import drop_draft, find_restored, make_draft_panel
from app.pages.personal.sent_form import SentNote, claim_sending, is_spent, keep_sending, note_sent
from app.pages.show import flash_once, say
from app.pages.supervision.batch_form import (
    BatchForm,
    FormRow,
    add_rows,
    fill_from_file,
    list_choices,
    make_empty,
    mark_warnings,
    name_fields,
    pack,
    read_batch_form,
    view_rows,
)
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.city.board import list_open_projects
from app.queries.department import DepartmentRow, list_departments
from app.services.batch.reading import BatchRow, read_file
from app.services.batch.repeats import find_made, find_same_file
from app.services.document.finding import Document
from app.services.supervision.batch import BatchOutcome, BatchPlan, admit, find_open_document, issue_batch, plan_batch

pages = Blueprint("batch", __name__)
DOCUMENT = "/documents/<int(max=9223372036854775807):document_id>/tasks"
PLAIN = "/tasks/batch"
NEW = "/tasks/new"
_NEW_FORM = "task.new"
_EXAMPLE_AHEAD = timedelta(days=30)
_STRANGER_MAX = 64 * 1024
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.before_request
def limit() -> None:
    """Bound the body before the token against forgery is looked for in it; a stranger sends next to nothing."""
    if current_user.is_authenticated:
        widen_request()
    else:
        request.max_content_length = _STRANGER_MAX


@pages.get(PLAIN)
@pages.get(DOCUMENT)
def show(document_id: int | None = None) -> str:
    """Show the empty form, or a draft."""
    return _render(_restore(_name_form(document_id)) or make_empty(), document_id, None)


def _name_form(document_id: int | None) -> str:
    """Return the form's name, under which its draft is kept."""
    return "task.batch" if document_id is None else f"document.{document_id}.tasks"


def _restore(name: str) -> BatchForm | None:
    """Return the form as a draft fills it; None without one, or when nothing can be read from it."""
    with current_context().database.reading() as unit:
        restored = find_restored(unit, name)
    try:
        form = None if restored is None else read_batch_form(restored.fields)
    except InvalidError:
        return None
    return None if form is None else replace(form, key=make_key())


@pages.post(PLAIN)
@pages.post(DOCUMENT)
def take(document_id: int | None = None) -> AnyResponse | str | tuple[str, int]:
    """Add rows, check them, or make the tasks; whatever was typed stays."""
    try:
        form = read_batch_form(request.form)
    except InvalidError as error:
        return _render(make_empty(), document_id, None, error), answer_for(error).status
    wanted = request.form.get("do", "check")
    if wanted == "more":
        return _render(_change(form, add_rows(form)), document_id, None)
    try:
        return _check(form, document_id, wanted)
    except ConflictError as error:
        return _render(_change(form, form.rows), document_id, None, error), answer_for(error).status


def _check(form: BatchForm, document_id: int | None, wanted: str) -> AnyResponse | str | tuple[str, int]:
    """Check the rows, and make the tasks where that is wanted and nothing stands against it."""
    plan, is_preview = _plan(form.typed(), document_id), "rows" in request.form
    if wanted == "edit":
        return _render(_change(form, form.rows), document_id, plan)
    mark = mark_warnings(plan)
    if wanted != "make" or plan.faults or (mark and mark != form.seen):
        status = 422 if plan.faults else 200
        return _render(form, document_id, plan, seen=mark, is_preview=is_preview), status
    try:
        return _make(form, document_id)
    except (InvalidError, ConflictError) as error:
        return _render(form, document_id, plan, error, seen=mark, is_preview=is_preview), answer_for(error).status


def _change(form: BatchForm, rows: tuple[FormRow, ...]) -> BatchForm:
    return replace(form, rows=rows, seen="")


def _make(form: BatchForm, document_id: int | None) -> AnyResponse:
    context, person_id, now, key = (
        current_context(),
        current_user.person_id,
        current_context().now(),
        form.require_key(),
    )
    rows = form.typed()

    content = list_content(rows, document_id)

    def work(unit: Unit) -> None:
        claim_sending(unit, content, key, again=form.again)
        issue_batch(
            unit, context.book, person_id, now, rows, document_id=document_id, assign=not form.draft, source="web",
            key=key, file=form.batch_file(), again=form.again,
        )  # fmt: skip
        keep_sending(unit, content, key, {"batch": key})
        drop_draft(unit, _name_form(document_id))

    context.database.write(work)
    return redirect(url_for("batch.show_made", key=key), 303)


def list_content(rows: Sequence[BatchRow], document_id: int | None) -> dict[str, Any]:
    """Return what makes two sendings the same: the titles and leads. The rest may have been mended in between."""
    named = [(fold(row.title or ""), str(row.department or "")) for row in rows]
    return {"form": "tasks", "rows": named, "document": document_id}


@pages.post(f"{PLAIN}/upload")
@pages.post(f"{DOCUMENT}/upload")
def upload(document_id: int | None = None) -> str | tuple[str, int]:
    """Show what a file would make, its faults marked; one button makes the tasks."""
    with current_context().database.reading() as unit:
        admit(require_actor(unit, current_user.person_id))
    try:
        file = read_file(*read_upload())
        plan = _plan(file.rows, document_id)
    except (InvalidError, ConflictError) as error:
        return _render(make_empty(), document_id, None, error), answer_for(error).status
    form = fill_from_file(file)
    notices = [say(notice) for notice in file.notices]
    shown = _render(form, document_id, plan, seen=mark_warnings(plan), is_preview=True, notices=notices)
    return shown, 422 if plan.faults else 200


def _plan(rows: Sequence[BatchRow], document_id: int | None) -> BatchPlan:
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        return plan_batch(unit.connection(), context.book, actor, context.now(), rows, document_id=document_id)


def _render(
    form: BatchForm, document_id: int | None, plan: BatchPlan | None, refusal: DomainError | None = None, *,
    seen: str = "", is_preview: bool = False, notices: list[str] | None = None,
) -> str:  # fmt: skip
    context = current_context()
    with context.database.reading() as unit:
        values = _read_surroundings(context, unit, document_id)
        draft = make_draft_panel(unit, _name_form(document_id))
        same = None
        if form.sha256:
            same = find_same_file(unit.connection(), context.now(), form.sha256, document_id)
        sent = _note_sent(unit, form, document_id, refusal)
    if is_spent(refusal):
        form, refusal = replace(form, key=make_key()), None
    faults = _list_faults(plan, None if sent else refusal)
    packed = pack(form) if is_preview else ""
    return render_template(
        "batch_preview.html" if is_preview else "batch.html", here="tasks", form=form, rows=view_rows(form, plan),
        faults=faults, warnings=[say(one.as_fault().sentence) for one in plan.warnings] if plan else [], seen=seen,
        is_checked=plan is not None and not plan.faults, count=len(plan.tasks) if plan else 0, packed=packed,
        same=say(same.sentence) if same else "", notices=notices or [], draft=draft, sent=sent, **values,
    )  # fmt: skip


def _note_sent(unit: Unit, form: BatchForm, document_id: int | None, refusal: DomainError | None) -> SentNote | None:
    content = list_content(form.typed(), document_id) if refusal is not None else {}
    return note_sent(unit, refusal, content, form.key, again=form.again)


def _read_surroundings(context: Context, unit: Unit, document_id: int | None) -> dict[str, Any]:
    """Return the document, the lists to choose from, the fields' words; ForbiddenError outside the office."""
    actor = require_actor(unit, current_user.person_id)
    admit(actor)
    document: Document | None = None
    if document_id is not None:
        document = find_open_document(unit.connection(), actor, document_id)
    departments = list_departments(unit.connection(), context.today())
    terms = context.book.rules(
        unit.connection(), context.book.current_rule_set(unit.connection(), context.today())
    ).terms
    return {
        "document": document,
        "choices": list_choices(departments, list_open_projects(unit.connection(), actor.readers)),
        "example": _give_example(departments),
        "labels": name_fields(),
        "urgency": document.urgency if document else "normal",
        "limits": (terms.task_limit_normal.count, terms.task_limit_urgent.count, terms.task_limit_very_urgent.count),
        "action": url_for("batch.take", document_id=document_id),
        "upload": url_for("batch.upload", document_id=document_id),
    }


def _give_example(departments: Sequence[DepartmentRow]) -> str:
    """Return a line as supporting departments are written, with a department that there is."""
    row = next((one for one in departments if one.parent_id is None), None)
    name = name_department(row.name, row.name_en) if row else ""
    return _("%(name)s：提供数据（%(day)s）", name=name, day=current_context().today() + _EXAMPLE_AHEAD)


def _list_faults(plan: BatchPlan | None, refusal: DomainError | None) -> list[dict[str, str]]:
    """Return what to correct, with the id of the field where there is one."""
    found = [
        {"text": say(fault.as_fault().sentence), "at": f"r{fault.row}-{fault.field}" if fault.row else ""}
        for fault in (plan.faults if plan else ())
    ]
    if isinstance(refusal, InvalidError):
        found += [{"text": say(fault.sentence), "at": ""} for fault in refusal.faults]
    elif refusal is not None:
        found.append({"text": say(refusal.sentence), "at": ""})
    return found


@pages.get(f"{PLAIN}/made/<key>")
def show_made(key: str) -> str:
    """Show what the visitor's batch made; for some days, as long as a repeated request gets its answer."""
    context = current_context()
    with context.database.reading() as unit:
        admit(require_actor(unit, current_user.person_id))
        made = find_made(unit.connection(), current_user.person_id, key)
    lang = current_lang()
    tasks = [
        {**task, "department": name_department(task["department_name"], task["department_name_en"])}
        for task in made["items"]
    ]
    return render_template(
        "batch_made.html", here="tasks", made=made, tasks=tasks, warnings=[one[lang] for one in made["warnings"]]
    )


@pages.get(f"{PLAIN}/form.xlsx")
def hand_out_form() -> Response:
    """Hand out the empty XLSX form."""
    context = current_context()
    with context.database.reading() as unit:
        admit(require_actor(unit, current_user.person_id))
        content = make_form(context, unit)
    response = Response(content, mimetype=_XLSX)
    response.headers["Content-Disposition"] = name_download("批量交办.xlsx")
    return response


@pages.get(NEW)
def show_new() -> str:
    """Show the empty form of one task, or a draft."""
    restored = _restore(_NEW_FORM)
    return _render_new((restored and _take_first(restored)) or _make_single({}), None)


def _make_single(values: Mapping[str, str], *, draft: bool = False) -> BatchForm:
    return BatchForm((FormRow(0, values),), draft=draft)


def _take_first(form: BatchForm) -> BatchForm:
    """Return the form of one task, whatever else was sent."""
    values = next((row.values for row in form.rows if row.number == 0), {})
    return replace(_make_single(values, draft=form.draft), key=form.key, again=form.again)


@pages.post(NEW)
def make_new() -> AnyResponse | tuple[str, int]:
    """Make one task; refused, its form is shown again with what was typed."""
    form = _take_first(read_batch_form(request.form))
    context, person_id, now = current_context(), current_user.person_id, current_context().now()
    rows = [row.read() for row in form.rows]
    plan = _plan(rows, None)

    content = list_content(rows, None)

    def work(unit: Unit) -> BatchOutcome:
        claim_sending(unit, content, key, again=form.again)
        outcome = issue_batch(unit, context.book, person_id, now, rows, assign=not form.draft, source="web", key=key)
        keep_sending(unit, content, key, {"item": outcome.answer["items"][0]["id"]})
        drop_draft(unit, _NEW_FORM)
        return outcome

    try:
        plan.require()
        key = form.require_key()
        outcome = context.database.write(work)
    except (InvalidError, ConflictError) as error:
        return _render_new(form, plan, error), answer_for(error).status
    flash_once(_("已保存为拟办任务。") if form.draft else _("已交办。"))
    for warning in outcome.answer["warnings"]:
        flash(warning[current_lang()], "refused")
    return redirect(url_for("item.show_item", item_id=outcome.answer["items"][0]["id"]), 303)


def _render_new(form: BatchForm, plan: BatchPlan | None, refusal: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        values = _read_surroundings(context, unit, None)
        values["draft"] = make_draft_panel(unit, _NEW_FORM)
        values["sent"] = _note_sent(unit, form, None, refusal)
    if is_spent(refusal):
        form = replace(form, key=make_key())
    refusal = None if values["sent"] else refusal
    faults = [] if plan and plan.faults and isinstance(refusal, InvalidError) else _list_faults(None, refusal)
    if plan is not None:
        labels = values["labels"]
        faults += [
            {"text": _("%(label)s：%(told)s", label=labels.get(fault.field, fault.field), told=say(fault.sentence)),
             "at": f"r0-{fault.field}"} for fault in plan.faults
        ]  # fmt: skip
    return render_template(
        "batch_new.html", form=form, row=view_rows(form, plan)[0], faults=faults, **{**values, "here": "tasks"}
    )
