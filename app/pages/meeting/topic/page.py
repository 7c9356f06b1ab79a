"""Topics: the office's list, a department's own, and the forms in which one is proposed or corrected."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, InvalidError, NotFoundError, StaleError
from app.edge.auth import require_actor
from app.edge.context import Context, Unit, current_context
from app.edge.errors import answer_for
from app.edge.meeting.topics import correct, keep_topic, propose
from app.edge.meeting.working import is_office, list_proposing, make_proposing_act
from app.edge.reading import log_reading_of
from app.pages.dropped import note_dropped
from app.pages.fund.typed import Ask, fill
from app.pages.items.form import check_form_key, make_key, read_number
from app.pages.items.item_row import name_department
from app.pages.listing.choices import PAGE_ROWS, Choice
from app.pages.meeting.topic.form import (
    TopicForm,
    ask_topic,
    list_concerned,
    list_meetings,
    make_topic,
    read_topic_form,
)
from app.pages.meeting.wording import list_tags, name_outcome
from app.pages.organisation_form import tell_refusal
from app.pages.personal.sent_form import is_spent
from app.pages.show import flash_once, say_label
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.meeting.agenda import TopicFilter, TopicRow, find_topic, list_topics
from app.schemas.loading import load
from app.schemas.meeting.agenda import NewTopicSchema, TopicChangeSchema
from app.services.organisation.repeating import do_once

pages = Blueprint("topic", __name__)
TOPIC = "/topics/<int(max=9223372036854775807):topic_id>"
_REFUSALS = (InvalidError, ConflictError, StaleError)
_EDITABLE = ("draft", "returned")


# Lists ----------------------------------------------------------------------------------------------------------------


@pages.get("/topics")
def list_all() -> str:
    """Show the topics that the visitor may read; for the office those that wait for it first."""
    return _render_list(is_own=False)


@pages.get("/topics/mine")
def list_mine() -> str:
    """Show the topics of the visitor's departments."""
    return _render_list(is_own=True)


def _render_list(*, is_own: bool) -> str:
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        values = _make_list(unit, context, actor, is_own=is_own)
    return render_template("meeting/topics.html", here="meetings", is_own=is_own, **values)


def _make_list(unit: Unit, context: Context, actor: Actor, *, is_own: bool) -> dict[str, Any]:
    connection = unit.connection()
    machine = context.book.current_machine(connection, "agenda_item")
    given = {name: request.args.get(name, "") for name in ("meeting", "state")}
    meeting_id, state = read_number(given["meeting"]), given["state"] if given["state"] in machine.states else ""
    for name, found in (("meeting", meeting_id), ("state", state or None)):
        if found is None:
            note_dropped(name, given[name])
    is_all = request.args.get("view") == "all" or bool(state)
    own = tuple(sorted({one.department_id for one in list_proposing(actor)})) if is_own else ()
    wanted = TopicFilter(meeting_id, (state,) if state else (), own or ((0,) if is_own else ()),
                         is_open=None if is_all else True)  # fmt: skip
    page = list_topics(connection, actor.readers, wanted, limit=PAGE_ROWS, cursor=request.args.get("cursor") or None)
    endpoint = "topic.list_mine" if is_own else "topic.list_all"
    kept: dict[str, Any] = {"meeting": meeting_id} if meeting_id else {}
    further = kept | ({"state": state} if state else {}) | ({"view": "all"} if is_all else {})
    return {
        "rows": [_tell(row, say_label(machine.states[row.state].label)) for row in page.items],
        "views": [
            (_("在办"), url_for(endpoint, **kept), not is_all),
            (_("全部"), url_for(endpoint, **kept, view="all"), is_all),
        ],
        "states": [Choice(name, say_label(one.label), name == state) for name, one in machine.states.items()],
        "meetings": [
            Choice(one.value, one.label, one.value == str(meeting_id))
            for one in list_meetings(unit, context, actor.readers)
        ],
        "kept": kept,
        "is_filtered": bool(kept or state),
        "clear": url_for(endpoint),
        "is_office": is_office(actor),
        "may_propose": bool(list_proposing(actor)),
        "next_page": url_for(endpoint, **further, cursor=page.next_cursor) if page.next_cursor else "",
    }  # fmt: skip


def _tell(row: TopicRow, state: str) -> dict[str, Any]:
    return {
        "row": row,
        "address": url_for("item.show_item", item_id=row.id),
        "state": name_outcome(row.outcome) or state,
        "department": name_department(row.department_name, row.department_name_en),
        "tags": list_tags(row),
        "meeting": row.meeting_title or "",
        "meeting_address": url_for("meeting.show", meeting_id=row.meeting_id) if row.meeting_title else "",
    }


# A new topic ----------------------------------------------------------------------------------------------------------


@pages.get("/topics/new")
def show_new() -> str:
    """Show the form of a new topic; the address may name the meeting."""
    return _render_new(TopicForm({"meeting": request.args.get("meeting", "")}), is_first=True)


@pages.post("/topics/new")
def draft() -> Response | tuple[str, int]:
    """Draft a topic; refused, the form is shown again."""
    context, person_id = current_context(), current_user.person_id
    asks = [*ask_topic((), (), is_new=True), Ask("as", "", "id", is_required=False)]
    form = read_topic_form(request.form, asks)
    key, content = request.form.get("key", ""), {"topic": dict(form.typed), "concerned": list(form.concerned)}

    def work(unit: Unit) -> dict[str, Any]:
        act, actor = make_proposing_act(context, unit, person_id, "page")
        return do_once(act, key or None, content, lambda: {"id": propose(act, context.book, actor, given)})[0]

    try:
        check_form_key(key)
        given = load(NewTopicSchema, make_topic(form, asks))
        made = context.database.write(work)
    except _REFUSALS as error:
        return _render_new(form, error), answer_for(error).status
    flash_once(_("已起草，尚未申报。请附上会议材料，送有关单位会签后申报。"))
    return redirect(url_for("item.show_item", item_id=made["id"]), 303)


def _render_new(form: TopicForm, error: DomainError | None = None, *, is_first: bool = False) -> str:
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        posts = [(one.post_id, current_user.name_post(one.post_id)) for one in list_proposing(actor)]
        departments = {one.department_id for one in list_proposing(actor)}
        meetings = list_meetings(unit, context, actor.readers)
        own = next(iter(departments)) if len(departments) == 1 else None
        concerned = list_concerned(unit, context, own, form.concerned)
    asks = ask_topic(meetings, posts if len(departments) > 1 else (), is_new=True)
    if is_first and form.typed.get("meeting") not in {one.value for one in meetings}:
        form = TopicForm({"meeting": meetings[0].value} if meetings else {})
    typed = {ask.name: form.typed.get(ask.name, ask.value) for ask in asks} if is_first else form.typed
    back = (url_for("meeting.list_all"), _("会议"))
    return _render(_("申报议题"), back, asks, TopicForm(typed, form.concerned), concerned, error,
                   may_send=bool(posts and meetings))  # fmt: skip


# A correction ---------------------------------------------------------------------------------------------------------


@pages.get(f"{TOPIC}/edit")
def show_edit(topic_id: int) -> str:
    """Show the form in which a draft or a returned topic is corrected."""
    return _render_edit(topic_id, None)


@pages.post(f"{TOPIC}/edit")
def edit(topic_id: int) -> Response | tuple[str, int]:
    """Correct a topic; refused, the form is shown again."""
    context, person_id = current_context(), current_user.person_id
    asks = ask_topic((), (), is_new=False)
    form, version = read_topic_form(request.form, asks), read_number(request.form.get("version"))

    def work(unit: Unit) -> int:
        act, actor = make_proposing_act(context, unit, person_id, "page")
        return correct(act, actor, topic_id, version, changes)

    try:
        # An emptied field is told as one, not left as it was.
        changes = load(TopicChangeSchema, {ask.name: "" for ask in asks} | make_topic(form, asks))
        context.database.write(work)
    except _REFUSALS as error:
        return _render_edit(topic_id, form, error), answer_for(error).status
    flash_once(_("已更正；原有会签作废，请重新送会签。"))
    return redirect(url_for("item.show_item", item_id=topic_id), 303)


def _render_edit(topic_id: int, form: TopicForm | None, error: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        kept = find_topic(unit.connection(), actor.readers, topic_id)
        if kept.row.state not in _EDITABLE and error is None:
            raise NotFoundError
        if form is None:
            values = keep_topic(kept)
            concerned = values.pop("concerned")
            form = TopicForm({name: "" if value is None else str(value) for name, value in values.items()}, concerned)
        may_send = kept.row.state in _EDITABLE and may_correct(actor, kept.row)
        choices = list_concerned(unit, context, kept.row.department_id, form.concerned)
    log_reading_of(context, actor, topic_id, source="page")
    back = (url_for("item.show_item", item_id=topic_id), kept.row.title)
    return _render(_("更正议题：%(title)s", title=kept.row.title), back, ask_topic((), (), is_new=False), form, choices,
                   error, may_send=may_send, version=kept.row.version)  # fmt: skip


def may_correct(actor: Actor, row: TopicRow) -> bool:
    """Whether somebody may correct a topic now."""
    return row.state in _EDITABLE and any(one.department_id == row.department_id for one in list_proposing(actor))


def _render(
    title: str, back: tuple[str, str], asks: Sequence[Ask], form: TopicForm, concerned: Sequence[Choice],
    error: DomainError | None, *, may_send: bool, version: int | None = None,
) -> str:  # fmt: skip
    told = tell_refusal(error)
    known = {ask.name for ask in asks} | {"concerned"}
    key = request.form.get("key", "") if request.method == "POST" and not is_spent(error) else ""
    return render_template(
        "meeting/topic_form.html", here="meetings", title=title, back=back, version=version, may_send=may_send,
        key=key or make_key(), asks=fill(asks, form.typed, told["sentences"]), concerned=concerned,
        concerned_fault=told["sentences"].get("concerned", ""), is_stale=isinstance(error, StaleError),
        faults=[(text, place if place in known else "") for text, place in told["faults"]],
    )  # fmt: skip
