"""Makes the secretary's page of a session: one part at a time with its notes, decisions and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup

from app.core.errors import NotFoundError
from app.edge.auth import require_actor
from app.edge.context import Context, Unit
from app.pages.items.form import make_key
from app.pages.items.item_row import name_department
from app.pages.meeting.live.decision import list_leads
from app.pages.meeting.sitting.decided import make_decisions
from app.pages.meeting.sitting.presence import make_presence
from app.pages.meeting.sitting.view import AgendaView, make_agenda
from app.pages.meeting.wording import name_outcome, show_clock, show_span, tell_votes
from app.pages.words import gettext as _
from app.queries.meeting.agenda import AgendaRow, TopicRow, list_agenda
from app.queries.meeting.decided import list_of_meeting
from app.queries.meeting.notes import CLOSING, OPENING, TOPIC, WRITING, TextRow, list_texts
from app.queries.meeting.papers import list_papers
from app.queries.meeting.sitting import Sitting, find_sitting, list_attendees
from app.services.meeting.group.founding import require_office
from app.services.meeting.standing import read_quorums
from workflows.fields import CHOICE_LABELS
from workflows.meeting.attendance import ATTENDANCES

_LINE_MIN = 2
_LINES_MAX = 40


@dataclass(frozen=True, slots=True)
class PartLink:
    """A part of the session in the list beside the notes."""

    part: str
    label: str
    small: Markup | str
    mark: str
    tone: str
    address: str
    is_here: bool


def make_live(unit: Unit, context: Context, person_id: int, meeting_id: int, part: str) -> dict[str, Any]:
    """Return the template's values for a part of a session; empty: the topic that runs, else the next one.

    NotFoundError for a meeting or a part that there is not or that may not be read, ForbiddenError outside the office.
    """
    connection, actor = unit.connection(), require_actor(unit, person_id)
    sitting = find_sitting(connection, actor.readers, meeting_id, context.today())
    require_office(actor, "meeting")
    agenda = list_agenda(connection, actor.readers, meeting_id)
    part = part or _choose(agenda)
    topic = find_part(agenda, part)
    texts = list_texts(connection, meeting_id, [part])
    decisions = list_of_meeting(connection, actor.readers, meeting_id)
    topic_id = None if topic is None else topic.topic.id
    shown = make_decisions(unit, context, decisions, sitting, is_office=True)
    papers = list_papers(connection, actor.readers, [row.topic.id for row in agenda])
    rows = make_agenda(agenda, papers)
    text = texts.get(part)
    attendees = list_attendees(connection, actor.readers, meeting_id)
    is_writing = sitting.state in WRITING
    return {
        "sitting": sitting,
        "when": show_span(sitting.starts_at, sitting.ends_at),
        "part": part,
        "heading": _name_part(part, topic),
        "parts": list(_list_parts(sitting, rows, part)),
        "text": text,
        "revision": 0 if text is None else text.revision,
        "lines": list_lines(text),
        "topic": None if topic is None else topic.topic,
        "own": next((row for row in rows if row.id == topic_id), None),
        "clock": _tell_clock(topic),
        "votes": "" if topic is None else tell_votes(topic.topic),
        "outcome": "" if topic is None else name_outcome(topic.topic.outcome),
        "outcomes": [(name, CHOICE_LABELS[name]) for name in ("agreed", "agreed_with_changes", "not_agreed", "noted")],
        "decided": [
            (number, one) for number, one in enumerate(shown, 1) if one.row.agenda_item_id == topic_id
        ],
        "leads": list_leads(unit, context),
        "presence": make_presence(sitting, attendees, read_quorums(connection, [meeting_id])[meeting_id]),
        "attendees": [(one, name_department(one.department_name, one.department_name_en)) for one in attendees],
        "attendances": list(ATTENDANCES.items()),
        "may_mark": sitting.state in ("notified", "held"),
        "is_writing": is_writing,
        "is_held": sitting.state == "held",
        "key": make_key(),
        "meeting_address": url_for("meeting.show", meeting_id=meeting_id),
    }  # fmt: skip


def find_part(agenda: Sequence[AgendaRow], part: str) -> AgendaRow | None:
    """Return the topic of a part, None for opening and closing; NotFoundError for what is no part."""
    if part in (OPENING, CLOSING):
        return None
    found = next((row for row in agenda if f"{TOPIC}{row.topic.id}" == part), None)
    if found is None:
        raise NotFoundError
    return found


def list_lines(text: TextRow | None) -> list[str]:
    """Return the lines of the notes that may each become a decision."""
    if text is None:
        return []
    lines = [line.strip() for line in text.text.split("\n")]
    return [line for line in lines if len(line) >= _LINE_MIN][:_LINES_MAX]


def _choose(agenda: Sequence[AgendaRow]) -> str:
    """Return the part that runs, else the next one without an outcome; the opening until a topic was taken up."""
    running = next((row for row in agenda if is_running(row.topic)), None)
    ahead = next((row for row in agenda if row.topic.state == "accepted" and row.topic.started_at is not None), None)
    later = next((row for row in agenda if row.topic.state == "accepted"), None)
    has_begun = any(row.topic.started_at is not None for row in agenda)
    found = running or ahead or (later if has_begun else None)
    return f"{TOPIC}{found.topic.id}" if found else OPENING


def is_running(topic: TopicRow) -> bool:
    """Whether a topic was taken up and not left yet."""
    return topic.state == "accepted" and topic.started_at is not None and topic.ended_at is None


def _name_part(part: str, topic: AgendaRow | None) -> str:
    if topic is not None:
        return _("议题%(place)s　%(title)s", place=topic.place, title=topic.topic.title)
    return _("开场") if part == OPENING else _("其他")


def _list_parts(sitting: Sitting, rows: Sequence[AgendaView], part: str) -> Any:  # noqa: ANN401  # links
    def link(name: str, label: str, small: Markup | str = "", mark: str = "", tone: str = "") -> PartLink:
        address = url_for("live.show", meeting_id=sitting.id, part=name)
        return PartLink(name, label, small, mark, tone, address, name == part)

    yield link(OPENING, _("开场"))
    for row in rows:
        small = Markup("{}&ensp;{}").format(row.at, row.department)
        yield link(f"{TOPIC}{row.id}", f"{row.place}　{row.title}", small, row.mark, row.tone)
    yield link(CLOSING, _("其他"))


def _tell_clock(row: AgendaRow | None) -> str:
    """Return when a topic was taken up and left."""
    if row is None or row.topic.started_at is None:
        return ""
    begins = show_clock(row.topic.started_at).striptags()
    if row.topic.ended_at is None:
        return _("%(time)s开始", time=begins)
    return _("%(begins)s—%(ends)s", begins=begins, ends=show_clock(row.topic.ended_at).striptags())
