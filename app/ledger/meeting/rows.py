"""What a file of meetings says, typed: meetings with their topics and attendance, decisions, what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.ledger.findings import Findings

#: A source's object as it stood.
Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """Somebody who was called up: the name as the source has it, and how they attended (a key of ATTENDANCES)."""

    name: str
    attendance: str
    raw: str


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic as the source has it; `outcome` None: none was recorded."""

    line: int
    place: str
    key: str
    title: str
    brief: str | None
    order: tuple[int, ...]
    action: str | None
    outcome: str | None
    conclusion: str | None
    is_procedural: bool
    attendance: tuple[AttendanceRow, ...]
    raw: Raw


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting; `held_on` is the day where it was held, `starts_at` the instant when the source gives one."""

    line: int
    key: str
    body: str
    title: str
    held_on: date
    starts_at: datetime | None
    place: str | None
    joint_with: str | None
    state: str
    status: str
    agencies: tuple[str, ...]
    topics: tuple[TopicRow, ...]
    raw: Raw
    #: The file where the line stands, "" for the file of meetings.
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A line of decisions; `due_text` is what stood there, `due_on` None when no day is certain from it.

    `identity` is the number that the line itself bears, by which a later list may say what became of it.
    """

    line: int
    key: str
    held_on: date
    body: str
    text: str
    agencies: tuple[str, ...]
    is_collective: bool
    due_text: str
    due_on: date | None
    reference: str
    identity: str
    is_doubled: bool
    raw: Raw
    sheet: str


@dataclass
class MeetingFile:
    """All that was read; when `findings` refuse, nothing of it may be imported.

    `settled_on` is {identity of a decision: the day on which a later list first called it done}.
    """

    name: str
    external_source: str
    creates_departments: bool
    duration_minutes: int
    clock: str
    findings: Findings
    meetings: list[MeetingRow] = field(default_factory=list)
    decisions: list[DecisionRow] = field(default_factory=list)
    settled_on: dict[str, date] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)
