"""A meeting's minutes: the draft with its comments, the issued versions, what differs between two of them."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, InvalidError
from app.edge.auth import require_actor
from app.edge.context import current_context
from app.edge.errors import answer_for
from app.edge.meeting.record.reading import Minutes, read_minutes, read_pair
from app.edge.meeting.working import make_office_act
from app.edge.reading import log_reading_of
from app.edge.unit import Unit
from app.pages.items.form import check_form_key, make_key, read_number
from app.pages.items.item_row import name_department
from app.pages.meeting.record.minutes_view import (
    CLOSING,
    OPENING,
    TOPIC,
    list_elsewhere,
    make_diffs,
    make_facts,
    make_parts,
    make_people,
    make_signers,
    name_parts,
)
from app.pages.organisation_form import tell_refusal
from app.pages.show import flash_once, say_label
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.department import list_departments
from app.services.act import Act
from app.services.meeting.record.commenting import NewComment, answer_comment, comment_minutes
from app.services.offering import list_offers
from app.services.organisation.repeating import do_once
from app.services.recording import Acting

pages = Blueprint("minutes", __name__)
MEETING = "/meetings/<int(max=9223372036854775807):meeting_id>"
_CORRECT = "correct"


@pages.get(f"{MEETING}/minutes")
def show(meeting_id: int) -> str:
    """Show the last issued version, the one that the address names, or before any the draft."""
    return _render(meeting_id)


def _render(meeting_id: int, refusal: DomainError | None = None) -> str:
    context = current_context()
    wanted = read_number(request.args.get("version", ""))
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        minutes = read_minutes(unit, actor, meeting_id, wanted)
        values = _make(unit, actor, minutes)
    log_reading_of(context, actor, meeting_id, source="page")
    typed = {name: request.form.get(name, "") for name in ("place", "text", "department", "comment", "answer")}
    return render_template("meeting/minutes.html", here="meetings", typed=typed, key=make_key(), **values,
                           **tell_refusal(refusal))  # fmt: skip


def _make(unit: Unit, actor: Actor, minutes: Minutes) -> dict[str, Any]:
    context, meeting, content = current_context(), minutes.meeting, minutes.cut.content
    connection = unit.connection()
    machine = context.book.machine(connection, "meeting", meeting.workflow_version)
    offers = list_offers(connection, context.book, actor.person_id, meeting.id, context.now()).offers
    open_ones = {offer.action for offer in offers if offer.is_open}
    places = name_parts(content)
    units = [
        (row.id, name_department(row.name, row.name_en))
        for row in (list_departments(connection, context.today()) if minutes.own_units else ())
        if row.id in minutes.own_units
    ]
    correctable = [(name, label) for name, label in places.items() if name in (OPENING, CLOSING) or TOPIC in name]
    is_last = minutes.version is not None and minutes.version.version == minutes.versions[0].version
    return {
        "minutes": minutes,
        "meeting": meeting,
        "state_label": say_label(machine.states[meeting.state].label),
        "facts": make_facts(minutes),
        "parts": make_parts(minutes),
        "elsewhere": list_elsewhere(minutes),
        "people": make_people(content),
        "signers": make_signers({**content, "meeting": {**content["meeting"], "is_over": minutes.version is not None}}),
        "waiting": sum(one.outcome is None for one in minutes.comments) if meeting.is_commented else 0,
        "places": list(places.items()),
        "units": units,
        "may_answer": minutes.is_office and meeting.is_commented,
        "may_correct": is_last and _CORRECT in open_ones,
        "correctable": [(name, label, content["texts"].get(name, "")) for name, label in correctable],
    }


@pages.get(f"{MEETING}/minutes/compare")
def compare(meeting_id: int) -> str:
    """Show what differs between two issued versions, by default the last two."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        last = read_minutes(unit, actor, meeting_id)
        newest = 1 if last.version is None else last.version.version
        second = read_number(request.args.get("to", "")) or newest
        first = read_number(request.args.get("from", "")) or max(1, second - 1)
        before, after = read_pair(unit, actor, meeting_id, first, second)
    log_reading_of(context, actor, meeting_id, source="page")
    return render_template("meeting/minutes_compare.html", here="meetings", meeting=after.meeting, first=before.version,
                           second=after.version, diffs=make_diffs(before, after))  # fmt: skip


@pages.post(f"{MEETING}/minutes/comments")
def comment(meeting_id: int) -> Response | tuple[str, int]:
    """Take a unit's comment on a part of the draft; refused, the page shows what was typed and why."""
    context, given = current_context(), request.form
    new = NewComment(given.get("place", ""), given.get("text", ""), read_number(given.get("department", "")))
    key = given.get("key", "")

    def work(unit: Unit) -> None:
        act, actor = _make_act(unit)
        content = {"comment": meeting_id, "place": new.place, "text": new.text, "unit": new.department_id}
        do_once(act, key or None, content, lambda: {"id": comment_minutes(act, actor, meeting_id, new)})

    try:
        check_form_key(key)
        context.database.write(work)
    except (InvalidError, ConflictError) as error:
        return _render(meeting_id, error), answer_for(error).status
    flash_once(_("意见已提交，由协调办答复。"))
    return redirect(url_for("minutes.show", meeting_id=meeting_id, _anchor="comments"), 303)


@pages.post(f"{MEETING}/minutes/answers")
def answer(meeting_id: int) -> Response | tuple[str, int]:
    """Take the office's answer to a comment; refused, the page shows what was typed and why."""
    context, given = current_context(), request.form
    comment_id = read_number(given.get("comment", "")) or 0

    def work(unit: Unit) -> int:
        act, actor = make_office_act(context, unit, current_user.person_id, "page")
        return answer_comment(act, actor, comment_id, given.get("outcome", ""), given.get("answer", ""))

    try:
        found = context.database.write(work)
    except (InvalidError, ConflictError) as error:
        return _render(meeting_id, error), answer_for(error).status
    flash_once(_("已答复。"))
    return redirect(url_for("minutes.show", meeting_id=found, _anchor=f"comment-{comment_id}"), 303)


def _make_act(unit: Unit) -> tuple[Act, Actor]:
    context = current_context()
    actor = require_actor(unit, current_user.person_id)
    capacity = actor.capacities[0] if actor.capacities else None
    acting = Acting(actor.person_id, "self" if capacity is None else capacity.duty.value, capacity)
    return Act(unit.connection(), acting, context.now(), context.today(), "page"), actor
