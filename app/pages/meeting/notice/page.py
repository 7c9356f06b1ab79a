"""Who is asked to a meeting: the office's list, the own reply, the door where people are marked as they come."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.errors import ConflictError, DomainError, Fault, InvalidError, Sentence
from app.edge.auth import require_actor
from app.edge.context import Unit, current_context
from app.edge.errors import answer_for
from app.edge.meeting.notice import CALENDAR, make_own_act, read_calendar_reply, require_own, write_own_entry
from app.edge.meeting.reply import REPLY_BYTES_MAX
from app.edge.meeting.working import make_office_act
from app.pages.items.form import read_number
from app.pages.meeting.notice.panel import show_reply
from app.pages.meeting.notice.view import make_door, make_list
from app.pages.meeting.wording import show_clock
from app.pages.organisation_form import tell_refusal
from app.pages.show import flash_once
from app.pages.words import gettext as _
from app.policy.people import Actor
from app.queries.person import find_by_name
from app.services.act import Act
from app.services.meeting.notice.attending import clear_conflict, mark, note_conflict
from app.services.meeting.notice.listing import NewParticipant, add_participant, remove_participant
from app.services.meeting.notice.replying import Answer, reply, reply_for

pages = Blueprint("meeting_notice", __name__)
MEETING = "/meetings/<int(max=9223372036854775807):meeting_id>"
PERSON = f"{MEETING}/participants/<int(max=9223372036854775807):participant_id>"
_REFUSALS = (InvalidError, ConflictError)
_NO_FILE = Sentence("请选择文件。", "Choose a file.")
_SAME_MAX = 2
Answered = Response | tuple[str, int] | str


# The own reply --------------------------------------------------------------------------------------------------------


@pages.get(f"{MEETING}/reply")
def show_own(meeting_id: int) -> str:
    """Show how the visitor is asked to a meeting, and what they answered."""
    return _render_reply(meeting_id)


@pages.post(f"{MEETING}/reply")
def send_reply(meeting_id: int) -> Response | tuple[str, int]:
    """Answer; refused, what was typed stays."""
    given = request.form
    answer = Answer(
        given.get("reply", ""), given.get("reason"), read_number(given.get("stand_in")), given.get("opinion")
    )
    return _reply(meeting_id, lambda act, actor, _unit: reply(act, actor, meeting_id, answer))


@pages.post(f"{MEETING}/reply/file")
def send_file(meeting_id: int) -> Response | tuple[str, int]:
    """Answer with the file that a calendar made."""
    file = request.files.get("file")
    content = file.stream.read(REPLY_BYTES_MAX + 1) if file is not None else b""

    def work(act: Act, actor: Actor, unit: Unit) -> int:
        if not content:
            raise InvalidError([Fault("file", _NO_FILE)])
        found = read_calendar_reply(current_context(), unit, actor, meeting_id, content)
        return reply(act, actor, meeting_id, found)

    return _reply(meeting_id, work)


def _reply(meeting_id: int, work: Callable[[Act, Actor, Unit], int]) -> Response | tuple[str, int]:
    context = current_context()

    def once(unit: Unit) -> int:
        act, actor = make_own_act(context, unit, current_user.person_id, "page")
        require_own(unit, actor, meeting_id, context.today())
        return work(act, actor, unit)

    try:
        context.database.write(once)
    except _REFUSALS as error:
        return _render_reply(meeting_id, error), answer_for(error).status
    flash_once(_("答复已记录，会议开始前可以更改。"))
    return redirect(url_for("meeting_notice.show_own", meeting_id=meeting_id), 303)


def _render_reply(meeting_id: int, error: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        own = require_own(unit, actor, meeting_id, context.today())
    typed = request.form.to_dict() if error is not None else None
    return render_template(
        "meeting/reply.html", here="meetings", clock=show_clock, reply_panel=show_reply(own, error, typed)
    )


@pages.get(f"{MEETING}/invitation.ics")
def show_entry(meeting_id: int) -> Response:
    """Hand out the calendar entry that the visitor was sent last."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, current_user.person_id)
        content = write_own_entry(context, unit, actor, meeting_id)
    response = Response(content, content_type=CALENDAR)
    response.headers["Content-Disposition"] = f'attachment; filename="meeting-{meeting_id}.ics"'
    return response


# The office's list ----------------------------------------------------------------------------------------------------


@pages.get(f"{MEETING}/participants")
def show_participants(meeting_id: int) -> str:
    """Show who is asked, and what they answered."""
    return _render_list(meeting_id)


@pages.post(f"{MEETING}/participants")
def add(meeting_id: int) -> Answered:
    """Ask a guest or a recorder by name or log-in; whoever has no account is asked by name alone."""

    def work(act: Act, actor: Actor, unit: Unit) -> None:
        add_participant(act, actor, meeting_id, _read_participant(unit))

    return _do(meeting_id, work, _("已列入名单。"), _render_list, "show_participants")


@pages.post(f"{PERSON}/remove")
def remove(meeting_id: int, participant_id: int) -> Answered:
    """Take somebody off the list."""

    def work(act: Act, actor: Actor, _unit: Unit) -> None:
        remove_participant(act, actor, meeting_id, participant_id, request.form.get("reason", ""))

    return _do(meeting_id, work, _("已移出名单；收到过通知的，已另行告知。"), _render_list, "show_participants")


@pages.post(f"{PERSON}/reply")
def note_reply(meeting_id: int, participant_id: int) -> Answered:
    """Note what somebody told the office."""
    answer = Answer(request.form.get("reply", ""), request.form.get("reason"))

    def work(act: Act, actor: Actor, _unit: Unit) -> None:
        reply_for(act, actor, meeting_id, participant_id, answer)

    return _do(meeting_id, work, _("已代为登记答复。"), _render_list, "show_participants")


def _read_participant(unit: Unit) -> NewParticipant:
    """Return whom the form names; InvalidError for a name that several have."""
    form = request.form
    role, topic = form.get("role", ""), read_number(form.get("topic"))
    post_id, name = read_number(form.get("post")), form.get("person", "").strip()
    if post_id is not None and not name:
        return NewParticipant(role, post_id=post_id, agenda_item_id=topic)
    if form.get("is_outside"):
        return NewParticipant(role, name=name, agenda_item_id=topic)
    people = find_by_name(unit.connection(), name, limit=_SAME_MAX) if name else ()
    if name and len(people) != 1:
        said = (
            Sentence(
                f"有多位名叫{name}的人员，请改填登录名。", f"Several people are called {name}; give the log-in name."
            )
            if people
            else Sentence(
                f"系统中没有{name}；外单位人员请勾选“外单位人员”。",
                f"Nobody here is called {name}; tick “from outside” for others.",
            )
        )
        raise InvalidError([Fault("person", said)])
    return NewParticipant(role, person_id=people[0].id if people else None, agenda_item_id=topic)


def _render_list(meeting_id: int, error: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        values = make_list(context, unit, require_actor(unit, current_user.person_id), meeting_id)
    typed = request.form if error is not None else {}
    return render_template("meeting/participants.html", here="meetings", typed=typed, **values, **tell_refusal(error))


# The door -------------------------------------------------------------------------------------------------------------


@pages.get(f"{MEETING}/attendance")
def show_attendance(meeting_id: int) -> str:
    """Show who is to come, with a large button for each way of coming."""
    return _render_door(meeting_id)


@pages.post(f"{MEETING}/attendance")
def attend(meeting_id: int) -> Answered:
    """Mark one person; `mark` is "<row>:<attendance>", without attendance the mark is taken back."""
    row, _colon, attendance = request.form.get("mark", "").partition(":")

    def work(act: Act, actor: Actor, _unit: Unit) -> None:
        mark(act, actor, meeting_id, {read_number(row) or 0: attendance or None})

    return _do(meeting_id, work, "", _render_door, "show_attendance", anchor=f"person-{read_number(row) or 0}")


@pages.post(f"{MEETING}/conflicts")
def note(meeting_id: int) -> Answered:
    """Note that somebody keeps out of a topic, or take it back."""
    topic_id, person = read_number(request.form.get("topic")) or 0, read_number(request.form.get("participant")) or 0

    def work(act: Act, actor: Actor, _unit: Unit) -> None:
        if request.form.get("clear"):
            clear_conflict(act, actor, meeting_id, topic_id, person)
        else:
            note_conflict(act, actor, meeting_id, topic_id, person, request.form.get("note", ""))

    said = _("回避记录已取消。") if request.form.get("clear") else _("已记录回避。")
    return _do(meeting_id, work, said, _render_door, "show_attendance", anchor="conflicts")


def _render_door(meeting_id: int, error: DomainError | None = None) -> str:
    context = current_context()
    with context.database.reading() as unit:
        values = make_door(context, unit, require_actor(unit, current_user.person_id), meeting_id)
    template = "meeting/part/door.html" if request.headers.get("HX-Request") == "true" else "meeting/attendance.html"
    return render_template(template, here="meetings", **values, **tell_refusal(error))


def _do(
    meeting_id: int, work: Callable[[Act, Actor, Unit], None], said: str,
    render: Callable[[int, DomainError | None], str], target: str, *, anchor: str | None = None,
) -> Answered:  # fmt: skip
    """Do the office's work; refused, show the page with why. htmx gets the fragment in either case."""
    context = current_context()
    is_part = request.headers.get("HX-Request") == "true"

    def once(unit: Unit) -> None:
        act, actor = make_office_act(context, unit, current_user.person_id, "page")
        work(act, actor, unit)

    try:
        context.database.write(once)
    except _REFUSALS as error:
        return render(meeting_id, error) if is_part else (render(meeting_id, error), answer_for(error).status)
    if is_part:
        return render(meeting_id, None)
    if said:
        flash(said, "done")
    return redirect(url_for(f"meeting_notice.{target}", meeting_id=meeting_id, _anchor=anchor), 303)
