"""The secretary's page of a session and what is done there: topics taken up and left, votes, outcomes; the wall."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, InvalidError, NotFoundError, StaleError
from app.edge.auth import require_actor
from app.edge.context import Unit, current_context
from app.edge.errors import answer_for
from app.edge.meeting.working import make_office_act
from app.edge.reading import log_reading_of
from app.pages.items.form import read_form, read_number
from app.pages.meeting.live.view import make_live
from app.pages.meeting.live.wall import make_wall
from app.pages.meeting.sitting.page import MEETING
from app.pages.organisation_form import tell_refusal
from app.pages.show import flash_once
from app.pages.words import gettext as _
from app.queries.meeting.agenda import find_topic
from app.services.meeting.notice.attending import mark
from app.services.meeting.record.conducting import Votes, end_topic, record_votes, start_topic
from app.services.transitions import perform

pages = Blueprint("live", __name__)
_REFUSALS = (InvalidError, ConflictError, StaleError)
#: Steps on a topic that are taken on this page.
_MARK, _WAS = "mark.", "was."
_STEPS = ("conclude", "put_off", "reopen")


@pages.get(f"{MEETING}/live")
def show(meeting_id: int) -> str:
    """Show a part of the session; without one the topic that runs."""
    return render(meeting_id, request.args.get("part", ""))


def render(meeting_id: int, part: str, error: DomainError | None = None, about: str = "") -> str:
    """Return the page; `error` is told, `about` says of which of its forms."""
    context = current_context()
    with context.database.reading() as unit:
        values = make_live(unit, context, current_user.person_id, meeting_id, part)
    told = tell_refusal(error)
    return render_template(
        "meeting/live.html", here="meetings", faults=told["faults"], sentences=told["sentences"], about=about,
        typed=request.form if error is not None else {}, is_stale=isinstance(error, StaleError), **values,
    )  # fmt: skip


@pages.post(f"{MEETING}/live/start")
def start(meeting_id: int) -> Response | tuple[str, int]:
    """Take a topic up."""
    return _do(meeting_id, start_topic, "clock")


@pages.post(f"{MEETING}/live/end")
def end(meeting_id: int) -> Response | tuple[str, int]:
    """Leave a topic."""
    return _do(meeting_id, end_topic, "clock")


@pages.post(f"{MEETING}/live/votes")
def vote(meeting_id: int) -> Response | tuple[str, int]:
    """Keep the votes on a topic, or that it was by consent."""
    names = ("votes_for", "votes_against", "votes_abstained")
    texts = {name: request.form.get(name, "").strip() for name in names}
    # What is no number goes on as one that no count can be.
    counts = {name: 0 if not text else -1 if read_number(text) is None else int(text) for name, text in texts.items()}
    votes = None if request.form.get("consent") else Votes(**counts)
    return _do(meeting_id, lambda act, actor, topic_id: record_votes(act, actor, topic_id, votes), "votes")


def _do(meeting_id: int, work: Any, about: str) -> Response | tuple[str, int]:  # noqa: ANN401  # a service
    context, topic_id = current_context(), read_number(request.form.get("topic")) or 0

    def write(unit: Unit) -> None:
        act, actor = make_office_act(context, unit, current_user.person_id, "page")
        require_topic_of(unit, actor.readers, meeting_id, topic_id)
        work(act, actor, topic_id)

    try:
        context.database.write(write)
    except _REFUSALS as error:
        return render(meeting_id, f"topic:{topic_id}", error, about), answer_for(error).status
    return redirect(url_for("live.show", meeting_id=meeting_id, part=f"topic:{topic_id}"), 303)


@pages.post(f"{MEETING}/live/attendance")
def attend(meeting_id: int) -> Response | tuple[str, int]:
    """Mark who is there: the rows whose mark was changed, or everybody who is not marked yet."""
    context, part = current_context(), request.form.get("part", "")
    given = {
        name.removeprefix(_MARK): value for name, value in request.form.items() if name.startswith(_MARK)
    }  # fmt: skip
    before = {name.removeprefix(_WAS): value for name, value in request.form.items() if name.startswith(_WAS)}
    if request.form.get("all"):
        given = {name: value or "present" for name, value in given.items()}
    marks = {
        int(name): value or None for name, value in given.items()
        if read_number(name) is not None and value != before.get(name, "")
    }  # fmt: skip

    def write(unit: Unit) -> None:
        act, actor = make_office_act(context, unit, current_user.person_id, "page")
        mark(act, actor, meeting_id, marks)

    try:
        context.database.write(write)
    except _REFUSALS as error:
        return render(meeting_id, part, error, "attendance"), answer_for(error).status
    flash_once(_("已登记到会情况。"))
    return redirect(url_for("live.show", meeting_id=meeting_id, part=part or None, _anchor="presence"), 303)


def require_topic_of(unit: Unit, readers: tuple[str, ...], meeting_id: int, topic_id: int) -> None:
    """NotFoundError unless the topic is one of this meeting (case P13)."""
    if find_topic(unit.connection(), readers, topic_id).row.meeting_id != meeting_id:
        raise NotFoundError


@pages.post(f"{MEETING}/live/step/<action>")
def step(meeting_id: int, action: str) -> Response | tuple[str, int]:
    """Take a step on a topic: its outcome, put off, taken up again."""
    if action not in _STEPS:
        raise NotFoundError
    context, topic_id = current_context(), read_number(request.form.get("topic")) or 0
    form = read_form(action, request.form)

    def write(unit: Unit) -> None:
        actor = require_actor(unit, current_user.person_id)
        require_topic_of(unit, actor.readers, meeting_id, topic_id)
        perform(unit, context.book, current_user.person_id, context.now(), topic_id, form.request())

    try:
        context.database.write(write)
    except _REFUSALS as error:
        return render(meeting_id, f"topic:{topic_id}", error, action), answer_for(error).status
    told = {"conclude": _("已记录结论。"), "put_off": _("已转入下次会议。"), "reopen": _("已恢复审议。")}
    flash_once(told[action])
    part = "" if action == "put_off" else f"topic:{topic_id}"
    return redirect(url_for("live.show", meeting_id=meeting_id, part=part or None), 303)


@pages.get(f"{MEETING}/wall")
def show_wall(meeting_id: int) -> str:
    """Show the session in large type, for everybody in the room."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
    shown = _render_wall(meeting_id, "meeting/wall.html")
    # Opening it is on record; that it asks for itself again is not.
    log_reading_of(context, actor, meeting_id, source="page")
    return shown


@pages.get(f"{MEETING}/wall/now")
def show_wall_now(meeting_id: int) -> str:
    """Show the part of the wall that changes, as the page asks for it by itself."""
    return _render_wall(meeting_id, "meeting/part/wall.html")


def _render_wall(meeting_id: int, template: str) -> str:
    context = current_context()
    with context.database.reading() as unit:
        values = make_wall(unit, context, current_user.person_id, meeting_id)
    return render_template(template, here="meetings", **values)
