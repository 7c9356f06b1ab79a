"""What the papers of a meeting are made from, for one reader: the meeting, its agenda, its people and its files."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.edge.context import Context, Unit
from app.edge.meeting.record.reading import Minutes
from app.edge.reporting import OFFICE
from app.policy.people import Actor
from app.queries.meeting.agenda import AgendaRow, list_agenda
from app.queries.meeting.record.minutes import MeetingHead, find_meeting, find_tasks
from app.queries.meeting.record.minutes_paper import Edition, fill_minutes
from app.queries.meeting.record.paper import FileRow, list_files
from app.queries.meeting.sitting import Attendee, list_attendees
from reports.meeting.inputs import AgendaLine, Invited, MinutesInput, MinutesState, NoticeInput, NoticeKind
from reports.wording import Lang
from workflows.roles import Duty

NO_NOTICE = ("会议通知尚未发出，或您无权查看。", "The notice is not out yet, or not for you to see.")
#: Those who are named without their unit.
_BY_NAME = ("leader", "deputy")


@dataclass(frozen=True, slots=True)
class Sitting:
    """What notice, sheet and bundle are made from, for one reader."""

    meeting: MeetingHead
    agenda: tuple[AgendaRow, ...]
    people: tuple[Attendee, ...]
    chair: str
    issuer: str
    zone: ZoneInfo


def fill_minutes_paper(context: Context, unit: Unit, minutes: Minutes, lang: Lang) -> MinutesInput:
    """Return minutes, as they were cut for a reader, as the paper that they print."""
    row = minutes.version
    state: MinutesState = "issued" if row else "comment" if minutes.meeting.is_commented else "draft"
    edition = Edition(minutes.meeting.id, state, context.now(), row, minutes.before)
    decided = [one["id"] for one in minutes.cut.content["decisions"]]
    tasks = {} if row is None else find_tasks(unit.connection(), decided)
    return fill_minutes(minutes.cut, edition, tasks, name_issuer(context, lang), context.settings.timezone, lang)


def name_issuer(context: Context, lang: Lang) -> str:
    """Return who issues what no office of a group does."""
    city = context.settings.city_zh if lang == "zh" else context.settings.city_en
    return f"{city}{OFFICE.zh}" if lang == "zh" else f"{city}: {OFFICE.en}"


def read_sitting(context: Context, unit: Unit, actor: Actor, meeting_id: int, lang: Lang) -> Sitting:
    """Return a meeting as somebody reads it; NotFoundError when it is not theirs to read."""
    connection = unit.connection()
    meeting = find_meeting(connection, actor.readers, meeting_id)
    people = list_attendees(connection, actor.readers, meeting_id)
    chair = next((one.name for one in people if one.role == "chair" and one.name), "")
    issuer = pick(meeting.office, meeting.office_en, lang) or name_issuer(context, lang)
    agenda = list_agenda(connection, actor.readers, meeting_id)
    return Sitting(meeting, agenda, people, chair, issuer, context.settings.timezone)


def prepares(actor: Actor, meeting: MeetingHead) -> bool:
    """Whether somebody prepares the meeting, the office or its chair, and so sees its papers before they go out."""
    held = actor.on_kind("meeting").capacities
    return any(one.duty is Duty.OFFICE or one.post_id == meeting.chair_post_id for one in held)


def list_sitting_files(unit: Unit, actor: Actor, sitting: Sitting) -> tuple[FileRow, ...]:
    """Return the files of the meeting and its topics that somebody may read, in the order of the agenda."""
    ids = [sitting.meeting.id, *(row.topic.id for row in sitting.agenda)]
    order = {item_id: place for place, item_id in enumerate(ids)}
    found = list_files(unit.connection(), actor.readers, ids)
    return tuple(sorted(found, key=lambda one: order[one.item_id]))


def pick(zh: str | None, en: str | None, lang: Lang) -> str:
    """Return a name in a language, in English the Chinese one where there is no other."""
    return (en or zh or "") if lang == "en" else (zh or "")


def number_of(row: AgendaRow) -> str:
    """Return a topic's number on the agenda."""
    return str(row.topic.position or row.place)


def write_line(row: AgendaRow, sitting: Sitting, lang: Lang) -> AgendaLine:
    """Return a line of the agenda."""
    topic = row.topic
    guests = tuple(one.name for one in sitting.people if one.topic_id == topic.id and one.name)
    unit = pick(topic.department_name, topic.department_name_en, lang)
    begins_at = row.begins_at.astimezone(sitting.zone)
    return AgendaLine(number_of(row), topic.title, begins_at, topic.minutes_wanted, unit, guests, topic.sought or "")


def make_notice(
    context: Context, sitting: Sitting, change: tuple[str, str] | None, files: tuple[FileRow, ...], lang: Lang
) -> NoticeInput:
    """Return the notice of a meeting as it stands; `change` is the last step that moved it, with its reason."""
    meeting, zone = sitting.meeting, sitting.zone
    made_at = (meeting.notified_at or context.now()).astimezone(zone)
    kind: NoticeKind = "first"
    if change is not None:
        kind = "cancelled" if change[0] == "cancelled" else "changed"
    members = [one for one in sitting.people if one.topic_id is None]
    return NoticeInput(
        lang, sitting.issuer, "", meeting.title, "各成员单位" if lang == "zh" else "Member units",
        meeting.starts_at.astimezone(zone), meeting.place or "", sitting.chair,
        tuple(write_line(row, sitting, lang) for row in sitting.agenda), made_at.date(), made_at,
        f"notice:{meeting.id}:{meeting.sequence}", ends_at=meeting.ends_at.astimezone(zone),
        invited=tuple(
            Invited(
                "" if one.seat in _BY_NAME else pick(one.department_name, one.department_name_en, lang),
                one.name or "", one.role == "guest",
            )
            for one in members
        ),
        papers=tuple(one.name for one in files), kind=kind, reason="" if change is None else change[1],
    )  # fmt: skip
