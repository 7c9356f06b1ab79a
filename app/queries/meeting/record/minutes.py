"""Minutes for one reader: the meeting, its issued versions, their content cut to what the reader may read, comments.

What stands in minutes was frozen with its restricted parts. Whether those may be read is asked anew at each reading:
a topic or decision that the reader may not read now is left out whole, with its text, votes, guests and comments.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.item import Item, Support
from app.models.meeting import Meeting
from app.models.organisation import Department, Person
from app.models.topic import Decision, MinutesComment, MinutesIssue
from app.policy.access import list_readable
from app.policy.people import Actor
from app.queries.item import is_readable
from workflows.roles import Duty

NO_MEETING = ("没有这次会议，或您无权查看。", "No such meeting, or not for you to see.")
NO_VERSION = ("没有这一版纪要，或您无权查看。", "No such version of the minutes, or not for you to see.")
TOPIC, DECISION = "topic:", "decision:"
#: States in which there is a draft: from the first note to the issue.
DRAFTED = ("held", "minutes_draft", "minutes_cosign")
COMMENTED = ("minutes_draft", "minutes_cosign")
_Writer = aliased(Person, name="writer")
_Answerer = aliased(Person, name="answerer")
_Group = aliased(Item, name="meeting_group")


@dataclass(frozen=True, slots=True)
class MeetingHead:
    """A meeting as its minutes need it; `support_ids` are the member units' departments."""

    id: int
    title: str
    state: str
    version: int
    workflow_version: int
    confidential: bool
    group_id: int | None
    group_title: str | None
    ordinal: int | None
    forum: str
    starts_at: datetime
    ends_at: datetime
    place: str | None
    chair_post_id: int | None
    notified_at: datetime | None
    sequence: int
    cosign_until_on: date | None
    minutes_number: str | None
    issued_at: datetime | None
    is_short: bool
    office_id: int | None
    office: str | None
    office_en: str | None
    support_ids: tuple[int, ...] = ()

    @property
    def has_draft(self) -> bool:
        """Whether minutes are being drafted or signed."""
        return self.state in DRAFTED

    @property
    def is_commented(self) -> bool:
        """Whether units may comment: the draft went round once, and is not issued."""
        return self.state in COMMENTED and self.cosign_until_on is not None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """An issued version: number, when and by whom, why it replaced the one before (None: the first)."""

    version: int
    number: str
    reason: str | None
    issued_at: datetime
    issued_by_name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Content without what the reader may not read; `held_back` counts the topics that were left out."""

    content: Mapping[str, Any]
    held_back: int


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A unit's comment on a part, with the office's answer (None: not yet)."""

    id: int
    place: str
    department_id: int
    department_name: str
    department_name_en: str | None
    written_by_name: str
    written_at: datetime
    text: str
    outcome: str | None
    answer: str | None
    answered_by_name: str | None
    answered_at: datetime | None


def find_meeting(connection: Connection, readers: Sequence[str], meeting_id: int) -> MeetingHead:
    """Return a meeting; NotFoundError when there is none or none of `readers` may read it."""
    row: Any = connection.execute(
        select(
            Item.id, Item.title, Item.state, Item.version, Item.workflow_version, Item.confidential, Meeting.group_id,
            _Group.title, Meeting.ordinal, Meeting.forum, Meeting.starts_at, Meeting.ends_at, Meeting.place,
            Meeting.chair_post_id, Meeting.notified_at, Meeting.sequence, Meeting.cosign_until_on,
            Meeting.minutes_number, Meeting.issued_at, Meeting.is_short, Item.owner_department_id, Department.name,
            Department.name_en,
        )
        .join(Meeting, Meeting.item_id == Item.id)
        .outerjoin(_Group, _Group.id == Meeting.group_id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(Item.id == meeting_id, is_readable(readers))
    ).first()  # fmt: skip
    if row is None:
        raise NotFoundError(*NO_MEETING)
    units = connection.execute(select(Support.department_id).where(Support.item_id == meeting_id)).scalars()
    return replace(MeetingHead(*row), support_ids=tuple(sorted(units)))


def sees_draft(actor: Actor, meeting: MeetingHead) -> bool:
    """Whether somebody who may read the meeting sees its draft: office and chair always, the others once it went round.

    Overseers see it as the office does.
    """
    if not meeting.has_draft:
        return False
    if meeting.is_commented:
        return True
    held = actor.on_kind("meeting").capacities
    return any(
        one.duty in (Duty.OFFICE, Duty.AUDITOR, Duty.LEADER) or one.post_id == meeting.chair_post_id for one in held
    )


def list_own_units(actor: Actor, meeting: MeetingHead) -> list[int]:
    """Return the member units for which somebody may comment."""
    held = actor.on_kind("meeting").capacities
    found = {one.department_id for one in held if one.duty in (Duty.HEAD, Duty.MEMBER)}
    return sorted(found & set(meeting.support_ids))


def list_versions(connection: Connection, meeting_id: int) -> tuple[VersionRow, ...]:
    """Return the issued versions of a meeting that the caller was shown, the newest first."""
    rows = connection.execute(
        select(
            MinutesIssue.version, MinutesIssue.number, MinutesIssue.reason, MinutesIssue.issued_at, Person.name,
            MinutesIssue.sha256,
        )
        .join(Person, Person.id == MinutesIssue.issued_by)
        .where(MinutesIssue.meeting_id == meeting_id)
        .order_by(MinutesIssue.version.desc())
    )  # fmt: skip
    return tuple(VersionRow(*row) for row in rows)


def read_content(connection: Connection, meeting_id: int, version: int) -> Mapping[str, Any]:
    """Return the frozen content of a version, whole: cut it before anybody sees it."""
    content = connection.execute(
        select(MinutesIssue.content).where(MinutesIssue.meeting_id == meeting_id, MinutesIssue.version == version)
    ).scalar_one_or_none()
    if content is None:
        raise NotFoundError(*NO_VERSION)
    return dict(content)


def cut_content(connection: Connection, readers: Iterable[str], content: Mapping[str, Any]) -> Cut:
    """Return minutes without the topics and decisions that none of `readers` may read; one statement."""
    topic_ids = [topic["id"] for topic in content["topics"]]
    ids = [*topic_ids, *(one["id"] for one in content["decisions"])]
    readable = list_readable(connection, ids, readers)
    hidden = set(topic_ids) - readable
    places = {f"{TOPIC}{one}" for one in hidden}
    shown = {
        **content,
        "texts": {place: text for place, text in content["texts"].items() if place not in places},
        "topics": [topic for topic in content["topics"] if topic["id"] in readable],
        "decisions": [
            one for one in content["decisions"] if one["id"] in readable and one["agenda_item_id"] not in hidden
        ],
        "attendance": [one for one in content["attendance"] if one["agenda_item_id"] not in hidden],
    }
    return Cut(_without_strange_texts(shown), len(hidden))


def _without_strange_texts(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return minutes without texts of topics that do not stand in them: put off, they stand with their own meeting."""
    known = {f"{TOPIC}{topic['id']}" for topic in content["topics"]}
    texts = {
        place: text for place, text in content["texts"].items() if not place.startswith(TOPIC) or place in known
    }  # fmt: skip
    return {**content, "texts": texts}


def list_comments(connection: Connection, readers: Iterable[str], meeting_id: int) -> tuple[CommentRow, ...]:
    """Return the comments on a meeting's minutes, the oldest first, without those on parts that may not be read."""
    found: Any = connection.execute(
        select(
            MinutesComment.id,
            MinutesComment.place,
            MinutesComment.department_id,
            Department.name,
            Department.name_en,
            _Writer.name,
            MinutesComment.written_at,
            MinutesComment.text,
            MinutesComment.outcome,
            MinutesComment.answer,
            _Answerer.name,
            MinutesComment.answered_at,
        )
        .join(Department, Department.id == MinutesComment.department_id)
        .join(_Writer, _Writer.id == MinutesComment.written_by)
        .outerjoin(_Answerer, _Answerer.id == MinutesComment.answered_by)
        .where(MinutesComment.meeting_id == meeting_id)
        .order_by(MinutesComment.id)
    ).all()
    rows = [CommentRow(*row) for row in found]
    ids = {row.id: _find_item(row.place) for row in rows}
    readable = list_readable(connection, {one for one in ids.values() if one is not None}, readers)
    return tuple(row for row in rows if ids[row.id] is None or ids[row.id] in readable)


def _find_item(place: str) -> int | None:
    """Return the topic or decision that a part is about; None for the opening and the closing."""
    _, _, number = place.partition(":")
    return int(number) if number else None


def find_tasks(connection: Connection, decision_ids: Iterable[int]) -> dict[int, int]:
    """Return the task made of each decision by the decision's id: it is made once and never changes."""
    rows = connection.execute(
        select(Decision.item_id, Decision.task_id).where(
            Decision.item_id.in_(list(decision_ids)), Decision.task_id.is_not(None)
        )
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}
