"""The form in which a decision is noted or corrected: lead, supporters, due date, criteria, for information."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, InvalidError, NotFoundError, StaleError
from app.edge.auth import require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.errors import answer_for
from app.edge.meeting.decisions import decide, decide_anew, keep_decision
from app.edge.meeting.working import is_office, make_office_act
from app.edge.reading import log_reading_of
from app.pages.department_order import order_departments
from app.pages.fund.typed import Ask, fill, make_given, read_typed
from app.pages.items.form import check_form_key, make_key, read_number
from app.pages.listing.choices import Choice
from app.pages.organisation_form import tell_refusal
from app.pages.personal.sent_form import is_spent
from app.pages.show import flash_once
from app.pages.words import gettext as _
from app.queries.department import list_departments
from app.queries.meeting.agenda import list_agenda
from app.queries.meeting.decided import find_decision
from app.queries.meeting.sitting import find_sitting
from app.schemas.loading import load
from app.schemas.meeting.decision import DecisionChangeSchema, NewDecisionSchema
from app.services.organisation.repeating import do_once

pages = Blueprint("decision", __name__)
DECISION = "/decisions/<int(max=9223372036854775807):decision_id>"
NEW = "/meetings/<int(max=9223372036854775807):meeting_id>/decisions/new"
_REFUSALS = (InvalidError, ConflictError, StaleError)
_SUPPORTS_MAX = 60


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """What was typed: single fields by name, and the supporting departments that were ticked."""

    typed: Mapping[str, str] = field(default_factory=dict)
    supports: tuple[int, ...] = ()


def ask_decision(departments: Sequence[tuple[int, str]], topics: Sequence[Choice]) -> list[Ask]:
    """Return the fields of a decision."""
    leads = tuple(Choice(str(one), label, is_chosen=False) for one, label in departments)
    return [
        Ask("text", _("议定的内容"), "text", _("写明做什么、到什么程度")),
        Ask("agenda_item", _("所属议题"), "id", is_required=False, options=tuple(topics)),
        Ask("department", _("牵头单位"), "id", _("送会签前补齐即可"), is_required=False, options=leads),
        Ask("due_on", _("完成期限"), "date", is_required=False),
        Ask("next_meeting", _("下次会议前完成"), "check", is_required=False),
        Ask("wanted", _("验收标准（每行一条）"), "text", is_required=False),
        Ask("is_information", _("仅备案，不转任务"), "check", is_required=False),
    ]


def read_decision_form(form: MultiDict[str, str]) -> DecisionForm:
    """Read a sent form."""
    ids = [read_number(text) for text in form.getlist("supports")[:_SUPPORTS_MAX]]
    return DecisionForm(read_typed(form, ask_decision((), ())), tuple(one for one in ids if one is not None))


def make_decision(form: DecisionForm, *, is_whole: bool = True) -> dict[str, Any]:
    """Return the form as its schema takes it; `is_whole`: emptied fields are emptied."""
    given = make_given(ask_decision((), ()), form.typed)
    given["wanted"] = [line.strip() for line in form.typed.get("wanted", "").split("\n") if line.strip()]
    given["supports"] = list(form.supports)
    if is_whole:
        given = dict.fromkeys(("agenda_item", "department", "due_on")) | {"text": ""} | given
    return given


@pages.get(NEW)
def show_new(meeting_id: int) -> str:
    """Show the form of a new decision; the address may name its topic and its text (a line of the notes)."""
    typed = {"agenda_item": request.args.get("topic", ""), "text": request.args.get("text", "")[:2000]}
    return _render_new(meeting_id, DecisionForm(typed), is_first=True)


@pages.post(NEW)
def note(meeting_id: int) -> Response | tuple[str, int]:
    """Note a decision; refused, the form is shown again. Sent from the session's page it leads back there."""
    context, person_id = current_context(), current_user.person_id
    form, key = read_decision_form(request.form), request.form.get("key", "")
    content = {"meeting": meeting_id, "decision": dict(form.typed), "supports": list(form.supports)}

    def work(unit: Unit) -> dict[str, Any]:
        act, actor = make_office_act(context, unit, person_id, "page")
        return do_once(act, key or None, content, lambda: {"id": decide(act, context.book, actor, given)})[0]

    try:
        check_form_key(key)
        given = load(NewDecisionSchema, make_decision(form) | {"meeting": meeting_id})
        context.database.write(work)
    except _REFUSALS as error:
        return _render_new(meeting_id, form, error), answer_for(error).status
    flash_once(_("已记录议定事项。"))
    return redirect(find_back(meeting_id, request.form.get("part", "")), 303)


def find_back(meeting_id: int, part: str) -> str:
    """Return where a form of the session leads back to: the part that was shown, else the meeting's page."""
    if part:
        return url_for("live.show", meeting_id=meeting_id, part=part, _anchor="decisions")
    return url_for("meeting.show", meeting_id=meeting_id, _anchor="decisions")


def _render_new(
    meeting_id: int, form: DecisionForm, error: DomainError | None = None, *, is_first: bool = False
) -> str:
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        sitting = find_sitting(unit.connection(), actor.readers, meeting_id, context.today())
        asks, departments = _ask_all(unit, context, actor.readers, meeting_id)
        may_send = is_office(actor) and sitting.state in ("held", "minutes_draft")
    log_reading_of(context, actor, meeting_id, source="page")
    typed = {ask.name: form.typed.get(ask.name, ask.value) for ask in asks} if is_first else form.typed
    back = (find_back(meeting_id, request.values.get("part", "")), sitting.title)
    return _render(_("添加议定事项"), back, asks, DecisionForm(typed, form.supports), departments, error,
                   may_send=may_send)  # fmt: skip


@pages.get(f"{DECISION}/edit")
def show_edit(decision_id: int) -> str:
    """Show the form in which a decision that is not in force is corrected."""
    return _render_edit(decision_id, None)


@pages.post(f"{DECISION}/edit")
def edit(decision_id: int) -> Response | tuple[str, int]:
    """Correct a decision; refused, the form is shown again beside what stands there now."""
    context, person_id = current_context(), current_user.person_id
    form, version = read_decision_form(request.form), read_number(request.form.get("version"))

    def work(unit: Unit) -> int:
        act, actor = make_office_act(context, unit, person_id, "page")
        decide_anew(act, context.book, actor, decision_id, version, changes)
        return find_decision(unit.connection(), actor.readers, decision_id).meeting_id

    try:
        changes = load(DecisionChangeSchema, make_decision(form))
        meeting_id = context.database.write(work)
    except _REFUSALS as error:
        return _render_edit(decision_id, form, error), answer_for(error).status
    flash_once(_("已修改议定事项。"))
    return redirect(find_back(meeting_id, request.form.get("part", "")), 303)


def _render_edit(decision_id: int, form: DecisionForm | None, error: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        row = find_decision(unit.connection(), actor.readers, decision_id)
        asks, departments = _ask_all(unit, context, actor.readers, row.meeting_id)
        if (not is_office(actor) or row.state != "draft") and error is None:
            raise NotFoundError
    kept = _fill_from(keep_decision(row))
    back = (find_back(row.meeting_id, request.values.get("part", "")), row.meeting_title or _("会议"))
    return _render(_("修改议定事项%(number)s", number=row.seq), back, asks, form or kept, departments, error,
                   may_send=row.state == "draft", version=row.version,
                   present=kept if isinstance(error, StaleError) else None)  # fmt: skip


def _fill_from(kept: dict[str, Any]) -> DecisionForm:
    def text(value: object) -> str:
        return "" if value is None else str(value)

    typed = {
        "text": kept["text"], "agenda_item": text(kept["agenda_item_id"]), "department": text(kept["department_id"]),
        "due_on": text(kept["due_on"]), "wanted": "\n".join(kept["wanted"]),
        "is_information": "1" if kept["is_information"] else "",
    }  # fmt: skip
    return DecisionForm(typed, tuple(kept["supports"]))


def _ask_all(
    unit: Unit, context: Context, readers: tuple[str, ...], meeting_id: int
) -> tuple[list[Ask], list[tuple[int, str]]]:
    departments = list_leads(unit, context)
    topics = [
        Choice(str(one.topic.id), f"{one.place}　{one.topic.title}", is_chosen=False)
        for one in list_agenda(unit.connection(), readers, meeting_id)
    ]
    return ask_decision(departments, topics), departments


def list_leads(unit: Unit, context: Context) -> list[tuple[int, str]]:
    """Return the departments at the top that may lead or support, by id and name."""
    rows = [row for row in list_departments(unit.connection(), context.today()) if row.parent_id is None]
    return [(row.id, label) for row, label in order_departments(rows)]


def _render(
    title: str, back: tuple[str, str], asks: Sequence[Ask], form: DecisionForm, departments: list[tuple[int, str]],
    error: DomainError | None, *, may_send: bool, version: int | None = None, present: DecisionForm | None = None,
) -> str:  # fmt: skip
    told = tell_refusal(error)
    known = {ask.name for ask in asks} | {"supports"}
    key = request.form.get("key", "") if request.method == "POST" and not is_spent(error) else ""
    return render_template(
        "meeting/decision_form.html", here="meetings", title=title, back=back, version=version, may_send=may_send,
        key=key or make_key(), part=request.values.get("part", ""), present=present,
        asks=fill(asks, form.typed, told["sentences"]),
        supports=[Choice(str(one), label, one in form.supports) for one, label in departments],
        supports_fault=told["sentences"].get("supports", ""), is_stale=isinstance(error, StaleError),
        faults=[(text, place if place in known else "") for text, place in told["faults"]],
    )  # fmt: skip
