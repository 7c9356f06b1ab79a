"""Project templates: the cards, one template's page, and the form that makes a project, with its preview."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, Fault, InvalidError, Sentence
from app.core.typed import read_day
from app.edge.auth import require_actor
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.unit import Unit
from app.pages.department_order import order_departments
from app.pages.items.form import BROKEN, KEY_FIELD, make_key, read_number
from app.pages.personal.draft_panel import drop_draft, find_restored, make_draft_panel
from app.pages.personal.sent_form import SentNote, claim_sending, is_spent, keep_sending, note_sent
from app.pages.show import flash_once, say
from app.pages.template_view import list_cards, make_grid, make_roles
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.department import list_departments
from app.queries.template import TemplateRow, find_template, list_templates
from app.services.template.making import make_project
from app.services.template.planning import Order, Plan, plan_project
from app.services.transitions import Outcome
from workflows.roles import Duty
from workflows.template import DIRECTION_LABELS, RHYTHM_LABELS, STAGE_LABELS
from workflows.template_writer import write_toml

pages = Blueprint("template", __name__)
TEMPLATE = "/templates/<int(max=9223372036854775807):template_id>"
_ROLE = "role."


@pages.get("/templates")
def list_all() -> str:
    """Show the templates as cards."""
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, current_user.person_id)
        rows = list_templates(unit.connection())
    return render_template("templates.html", here="templates", groups=list_cards(rows, current_lang()))


@pages.get(TEMPLATE)
def show_one(template_id: int) -> str:
    """Show what a template says: phases and stages, roles and duties, tasks, gates, indicators."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        row = find_template(unit.connection(), template_id)
    may_make = row.retired_at is None and actor.has(Duty.OFFICE, Duty.HEAD)
    return render_template(
        "template.html", here="templates", row=row, template=row.template, grid=make_grid(row.template),
        roles=make_roles(row.template), may_make=may_make, stages=STAGE_LABELS, rhythms=RHYTHM_LABELS,
        directions=DIRECTION_LABELS,
    )  # fmt: skip


@pages.get(f"{TEMPLATE}.toml")
def download(template_id: int) -> Response:
    """Send a template as TOML."""
    context = current_context()
    with context.database.reading() as unit:
        require_actor(unit, current_user.person_id)
        row = find_template(unit.connection(), template_id)
    name = f"{row.key}-{row.version}.toml"
    return Response(
        write_toml(row.template), mimetype="application/toml",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@pages.get(f"{TEMPLATE}/make")
def show_form(template_id: int) -> str:
    """Show the form that makes a project, empty or as a draft fills it."""
    with current_context().database.reading() as unit:
        restored = find_restored(unit, f"template.{template_id}")
    if restored is not None:
        return _render(template_id, restored.fields.to_dict(), form=restored.fields)
    return _render(template_id, {"start_on": current_context().today().isoformat(), "lang": current_lang()})


@pages.post(f"{TEMPLATE}/make")
def make_one(template_id: int) -> Response | str | tuple[str, int]:
    """Show what would be made, or make it; refused, the form is shown again with what was typed."""
    context, person_id = current_context(), current_user.person_id
    typed, now = request.form.to_dict(), context.now()
    try:
        order = _require_order(template_id, request.form)
        if request.form.get("step") != "make":
            with context.database.reading() as unit:
                require_actor(unit, person_id)
                plan = plan_project(unit.connection(), context.book, now, order)
            return _render(template_id, typed, plan=plan)
        key = _read_key(request.form)

        def work(unit: Unit) -> Outcome:
            drop_draft(unit, f"template.{template_id}")
            claim_sending(unit, asdict(order), key, again=request.form.get("again") == "1")
            made = make_project(unit, context.book, person_id, now, order, key=key, source="page")
            keep_sending(unit, asdict(order), key, {"item": made.answer["id"]})
            return made

        made = context.database.write(work)
    except (InvalidError, ConflictError) as error:
        return _render_refused(template_id, typed, error), answer_for(error).status
    flash_once(_("项目已申报，任务为拟办，交办前可修改。"))
    return redirect(url_for("item.show_item", item_id=made.answer["id"]), 303)


def _render_refused(template_id: int, typed: Mapping[str, Any], error: DomainError) -> str:
    """Show the form again; one that was sent before with a note of that, and with another key where it needs one."""
    if not (is_spent(error) or isinstance(error, ConflictError)):
        return _render(template_id, typed, refusal=error)
    context, order = current_context(), _require_order(template_id, request.form)
    with context.database.reading() as unit:
        again = request.form.get("again") == "1"
        sent = note_sent(unit, error, asdict(order), typed.get("key"), again=again)
        plan = None if sent is None else plan_project(unit.connection(), context.book, context.now(), order)
    if is_spent(error):
        typed = {**typed, "key": ""}
    return _render(template_id, typed, plan=plan, refusal=None if sent else error, sent=sent)


def _read_key(form: MultiDict[str, str]) -> str | None:
    key = form.get("key", "")
    if not (key.isascii() and key.isprintable()):
        raise InvalidError([Fault(KEY_FIELD, BROKEN)])
    return key or None


def _require_order(template_id: int, form: MultiDict[str, str]) -> Order:
    """Return the order that a form brings; InvalidError for a date that is none, with all else that is wrong."""
    start = form.get("start_on", "").strip()
    start_on = read_day(start)
    if start_on is not None or not start:
        return _read_order(template_id, form, start_on)
    faults = [Fault("start_on", Sentence("应为日期。", "Expected a date."))]
    context, order = current_context(), _read_order(template_id, form, None)
    with context.database.reading() as unit:
        require_actor(unit, current_user.person_id)
        try:
            plan_project(unit.connection(), context.book, context.now(), order)
        except InvalidError as error:
            faults += error.faults
    raise InvalidError(faults)


def _read_order(template_id: int, form: MultiDict[str, str], start_on: date | None) -> Order:
    departments: dict[str, int | str] = {}
    for name, value in form.items():
        if name.startswith(_ROLE) and value:
            known = read_number(value)
            departments[name.removeprefix(_ROLE)] = value if known is None else known
    kept = set(form.getlist("task"))
    skip = tuple(key for key in form.getlist("known") if key not in kept)
    return Order(template_id, form.get("title", ""), departments, start_on, skip, form.get("lang", "zh"))


def _render(
    template_id: int, typed: Mapping[str, Any], *, plan: Plan | None = None, refusal: DomainError | None = None,
    form: MultiDict[str, str] | None = None, sent: SentNote | None = None,
) -> str:  # fmt: skip
    context, given = current_context(), request.form if form is None else form
    with context.database.reading() as unit:
        require_actor(unit, current_user.person_id)
        row = find_template(unit.connection(), template_id)
        departments = list_departments(unit.connection(), context.today())
        draft = make_draft_panel(unit, f"template.{template_id}")
    first = not given.getlist("known")
    kept = {task.key for task in row.template.tasks} if first else set(given.getlist("task"))
    places = {"title": "f-title", "start_on": "f-start_on"}
    places |= {f"departments.{role.key}": f"f-role-{role.key}" for role in row.template.roles}
    return render_template(
        "template_make.html", here="templates", row=row, template=row.template,
        departments=order_departments(departments), typed=typed, kept=kept, plan=plan,
        key=typed.get("key") or make_key(), faults=_list_faults(row, refusal), draft=draft, places=places,
        phases={phase.key: phase for phase in row.template.phases}, sent=sent,
    )  # fmt: skip


def _list_faults(row: TemplateRow, refusal: DomainError | None) -> dict[str, str]:
    """Return the sentences of a refusal by the field that they speak of; a role's by its name."""
    if refusal is None:
        return {}
    if not isinstance(refusal, InvalidError):
        return {"": say(refusal.sentence)}
    roles = {f"departments.{role.key}": role.label for role in row.template.roles}
    told: dict[str, str] = {}
    for fault in refusal.faults:
        text = say(fault.sentence)
        known = roles.get(fault.field)
        told[fault.field] = text if known is None else _("%(name)s：%(text)s", name=say(known), text=text)
    return told
