"""Makes the panels of a meeting's page: agenda with its times, decisions, the last meeting's decisions, attendance."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup

from app.edge.context import Context, Unit
from app.edge.meeting.working import is_office
from app.edge.reading import Reading
from app.pages.items.item_row import Reading as RowReading
from app.pages.items.item_row import make_reading, name_department
from app.pages.meeting.notice.panel import make_reply_panel
from app.pages.meeting.sitting.decided import DecisionView, make_decisions, make_standings
from app.pages.meeting.sitting.presence import make_presence
from app.pages.meeting.sitting.steps import make_steps
from app.pages.meeting.telling import tell_clashes
from app.pages.meeting.wording import list_tags, name_forum, name_outcome, show_clock, show_span
from app.pages.show import show_day
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.policy.attending import sees_absences
from app.queries.meeting.agenda import AgendaRow, TopicFilter, TopicRow, list_agenda, list_topics
from app.queries.meeting.decided import list_of_meeting
from app.queries.meeting.notes import TextRow, list_places, list_texts, may_read_notes
from app.queries.meeting.papers import list_papers
from app.queries.meeting.sitting import Sitting, find_sitting, list_attendees, list_entered
from app.services.meeting.planning import find_previous
from app.services.meeting.standing import read_quorums
from workflows.meeting.timetable import total

ORDERED = ("planned", "collecting", "agenda_set", "postponed", "held")
SESSION = ("notified", "held", "minutes_draft")
AHEAD = ("planned", "collecting", "agenda_set", "notified", "postponed")
_WAITING_MAX = 50


@dataclass(frozen=True, slots=True)
class AgendaView:
    """A topic as the agenda shows it; `mark` says how far it is, `papers` are its files by id and name."""

    id: int
    place: int
    at: Markup
    minutes: int | None
    title: str
    address: str
    department: str
    tags: list[str]
    mark: str
    tone: str
    papers: Sequence[tuple[int, str]]
    is_started: bool
    conclusion: str


def make_sitting(unit: Unit, context: Context, read: Reading) -> dict[str, Any]:
    """Return the template's values for what a meeting's page has beside those of an item."""
    connection, actor, meeting_id = unit.connection(), read.actor, read.item.row.id
    sitting = find_sitting(connection, actor.readers, meeting_id, context.today())
    agenda = list_agenda(connection, actor.readers, meeting_id)
    papers = list_papers(connection, actor.readers, [row.topic.id for row in agenda])
    decisions = list_of_meeting(connection, actor.readers, meeting_id)
    attendees = list_attendees(connection, actor.readers, meeting_id)
    waiting = list_topics(
        connection, actor.readers, TopicFilter(meeting_id, ("submitted", "referred")), limit=_WAITING_MAX
    ).items
    machine = context.book.machine(connection, "meeting", sitting.workflow_version)
    reading = make_reading(unit, context, [read.item.row])
    office = is_office(actor)
    found = make_decisions(unit, context, decisions, sitting, is_office=office)
    entered = list_entered(connection, meeting_id)
    return {
        "sitting": sitting,
        "when": show_span(sitting.starts_at, sitting.ends_at),
        "is_moved": reading.calendar.local_date(sitting.starts_at) != sitting.planned_on,
        "forum": name_forum(sitting.forum),
        "series": _name_series(sitting),
        "steps": make_steps(sitting, entered, machine, read.item.paused_state),
        "agenda": make_agenda(agenda, papers),
        "agenda_ends": _tell_end(sitting, agenda),
        "waiting": [(topic, url_for("item.show_item", item_id=topic.id),
                     name_department(topic.department_name, topic.department_name_en)) for topic in waiting],
        "decided": found,
        "previous": make_previous(unit, context, read, reading),
        "presence": make_presence(
            sitting, attendees, read_quorums(connection, [meeting_id])[meeting_id],
            shows_reasons=sees_absences(actor),
        ),
        "notes": _list_notes(connection, sitting, agenda, may_read=may_read_notes(actor, sitting.state)),
        "chair_away": any(one.role == "chair" and one.reply == "leave" for one in attendees),
        "reply_panel": make_reply_panel(context, unit, actor, meeting_id),
        "more_acts": list(_list_acts(sitting, has_agenda=bool(agenda))),
        "prints": list(_list_prints(sitting, is_office=office, has_agenda=bool(agenda))),
        "presence_acts": list(_list_presence_acts(sitting, is_office=office)),
        "follow_address": url_for("follow_up.show", meeting_id=meeting_id),
        "is_office": office,
        "clashes": tell_clashes(unit, read) if office and sitting.state in AHEAD else (),
        "may_order": office and sitting.state in ORDERED and len(agenda) > 1,
        "may_propose": sitting.state in AHEAD,
        "may_decide": office and sitting.state in ("held", "minutes_draft"),
        "has_session": sitting.state in SESSION or sitting.opened_at is not None,
    }  # fmt: skip


def _list_acts(sitting: Sitting, *, has_agenda: bool) -> Iterator[tuple[str, str]]:
    if sitting.state in ("minutes_draft", "minutes_cosign", "issued", "closed"):
        yield _("会议纪要"), url_for("minutes.show", meeting_id=sitting.id)
    if has_agenda:
        yield _("会议材料"), url_for("meeting_paper.show_bundle", meeting_id=sitting.id)


def _list_prints(sitting: Sitting, *, is_office: bool, has_agenda: bool) -> Iterator[tuple[str, str]]:
    """Yield what may be printed of a meeting now."""
    if has_agenda:
        yield _("会议通知（PDF）"), url_for("meeting_paper.show_notice", meeting_id=sitting.id)
    if is_office and sitting.notified_at is not None:
        yield _("签到表（PDF）"), url_for("meeting_paper.show_sheet", meeting_id=sitting.id)


def _list_presence_acts(sitting: Sitting, *, is_office: bool) -> Iterator[tuple[str, str]]:
    if is_office:
        yield _("参会名单"), url_for("meeting_notice.show_participants", meeting_id=sitting.id)
    if is_office and sitting.state in ("notified", "held"):
        yield _("签到"), url_for("meeting_notice.show_attendance", meeting_id=sitting.id)


def _name_series(sitting: Sitting) -> str:
    name = (sitting.series_name_en or sitting.series_name) if current_lang() == "en" else sitting.series_name
    return name or ""


def _tell_end(sitting: Sitting, agenda: Sequence[AgendaRow]) -> str:
    """Return how long the agenda takes, and by how much that is more than the meeting has."""
    if not agenda:
        return ""
    minutes = total(row.topic.minutes_wanted for row in agenda)
    has = int((sitting.ends_at - sitting.starts_at).total_seconds() // 60)
    if minutes > has:
        return _("共%(minutes)s分钟，超出会议时间%(over)s分钟", minutes=minutes, over=minutes - has)
    return _("共%(minutes)s分钟", minutes=minutes)


def make_agenda(rows: Sequence[AgendaRow], papers: Mapping[int, Sequence[tuple[int, str]]]) -> list[AgendaView]:
    """Return an agenda for reading."""
    found = []
    for row in rows:
        mark, tone = _tell_topic(row.topic)
        found.append(AgendaView(
            row.topic.id, row.place, show_clock(row.begins_at), row.topic.minutes_wanted, row.topic.title,
            url_for("item.show_item", item_id=row.topic.id),
            name_department(row.topic.department_name, row.topic.department_name_en), list_tags(row.topic), mark, tone,
            papers.get(row.topic.id, ()), row.topic.started_at is not None, row.topic.conclusion or "",
        ))  # fmt: skip
    return found


def _tell_topic(topic: TopicRow) -> tuple[str, str]:
    """Return how far a topic is while its meeting is held and after, and how loud that is."""
    if topic.state == "concluded":
        return f"✓ {name_outcome(topic.outcome)}", "green"
    if topic.meeting_state != "held":
        return "", ""
    if topic.started_at is not None and topic.ended_at is None:
        return _("正在审议"), "accent"
    return (_("缺结论"), "red") if topic.started_at is not None else ("", "")


def make_previous(unit: Unit, context: Context, read: Reading, reading: RowReading) -> dict[str, Any] | None:
    """Return how the decisions of the meeting before stand, with its name and day; None where there is none."""
    connection, actor = unit.connection(), read.actor
    previous_id = find_previous(connection, read.item.row.id)
    if previous_id is None:
        return None
    rows = list_of_meeting(connection, actor.readers, previous_id)
    rows = tuple(row for row in rows if row.meeting_title is not None)
    if not rows or rows[0].meeting_starts_at is None:
        return None
    day = reading.calendar.local_date(rows[0].meeting_starts_at)
    return {
        "title": rows[0].meeting_title,
        "address": url_for("meeting.show", meeting_id=previous_id),
        "day": show_day(day),
        "rows": make_standings(unit, context, rows, reading),
    }


def _list_notes(
    connection: Any, sitting: Sitting, agenda: Sequence[AgendaRow], *, may_read: bool  # noqa: ANN401  # a connection
) -> list[tuple[str, TextRow]]:  # fmt: skip
    """Return what was written, part by part with its heading, for whoever may read it."""
    if not may_read or sitting.opened_at is None:
        return []
    titles = {f"topic:{row.topic.id}": _("议题%(place)s　%(title)s", place=row.place, title=row.topic.title)
              for row in agenda}  # fmt: skip
    titles |= {"opening": _("开场"), "closing": _("其他")}
    places = list_places(row.topic.id for row in agenda)
    texts = list_texts(connection, sitting.id, places)
    return [(titles[place], texts[place]) for place in places if place in texts and texts[place].text]


__all__ = ["AgendaView", "DecisionView", "make_agenda", "make_previous", "make_sitting"]
