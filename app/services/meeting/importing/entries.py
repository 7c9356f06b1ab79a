"""Turns what a source says of meetings into items to enter."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.ledger.findings import Finding, shorten
from app.ledger.meeting.rows import AttendanceRow, DecisionRow, MeetingFile, MeetingRow, TopicRow
from app.services.entering import NewItem
from app.services.ledger.departments import Departments
from app.services.meeting.record.deciding import shorten as shorten_title
from workflows.calendar import Calendar

#: What a meeting's topics are in, by how the meeting went.
_TOPIC_STATES = {"held": "concluded", "cancelled": "withdrawn", "postponed": "submitted"}
_LEAVE = "leave"


def key_of(row: MeetingRow) -> str:
    """Return a meeting's key among the source's items."""
    return f"meeting/{row.key}"


def add_missing(file: MeetingFile) -> None:
    """Add a meeting for each day and body that has decisions only: no line is left out, and each is flagged."""
    known = {(row.held_on, row.body) for row in file.meetings}
    seen: dict[tuple[date, str], MeetingRow] = {}
    for row in file.decisions:
        at = (row.held_on, row.body)
        if at in known:
            continue
        zh, en = "会议文件中没有这次会议，已按此行补建", "a meeting of the file of meetings; one was made for this line"
        file.findings.add(
            Finding("flag", "meeting_missing", zh, en, row.sheet, row.line, value=shorten(f"{row.held_on} {row.body}"))
        )
        if at not in seen:
            title = f"{file.bodies.get(row.body, row.body)} {row.held_on.isoformat()}"
            seen[at] = MeetingRow(
                line=row.line, key=f"{row.held_on.isoformat()}/{row.body}", body=row.body, title=title,
                held_on=row.held_on, starts_at=None, place=None, joint_with=None, state="held", status="",
                agencies=(), topics=(), raw={}, sheet=row.sheet,
            )  # fmt: skip
    taken = {row.key for row in file.meetings}
    file.meetings += [row for row in seen.values() if row.key not in taken]


def list_attendance(row: MeetingRow) -> Iterator[dict[str, Any]]:
    """Yield who answered the roll calls of a meeting, each once: who was there at one of them was there."""
    best: dict[str, AttendanceRow] = {}
    for topic in row.topics:
        for one in topic.attendance:
            known = best.get(one.name)
            if known is None or (known.attendance != "present" and one.attendance == "present"):
                best[one.name] = one
    for one in best.values():
        is_leave = one.attendance == _LEAVE
        yield {
            "role": "member", "name": one.name, "reply": _LEAVE if is_leave else "none",
            "reply_reason": one.raw if is_leave else None,
            "attendance": "present" if one.attendance == "present" else "absent",
        }  # fmt: skip


@dataclass
class Entries:
    """Makes the items of one file. `office_id` looks after the meetings; `group_id` is the group that met, if any."""

    file: MeetingFile
    departments: Departments
    calendar: Calendar
    zone: ZoneInfo
    today: date
    office_id: int | None
    group_id: int | None
    _open: set[tuple[date, str]] = field(default_factory=set)
    _meetings: dict[tuple[date, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for meeting in self.file.meetings:
            self._meetings.setdefault((meeting.held_on, meeting.body), meeting.key)
        for row in self.file.decisions:
            if self._settled_on(row) is None:
                self._open.add((row.held_on, row.body))

    def find_meeting(self, row: DecisionRow) -> str:
        """Return the key of the meeting that took a decision."""
        return self._meetings[row.held_on, row.body]

    def meeting(self, row: MeetingRow) -> NewItem:
        """Return a meeting: closed, or with its minutes out while a decision is open, or called off."""
        state = row.state
        if state == "held":
            state = "issued" if (row.held_on, row.body) in self._open else "closed"
        starts_at = row.starts_at or datetime.combine(row.held_on, time.fromisoformat(self.file.clock), self.zone)
        starts_at = starts_at.astimezone(UTC)
        supports = self.departments.find_all(row.agencies) - {self.office_id}
        return NewItem(
            kind="meeting",
            title=shorten_title(row.title),
            parent_id=self.group_id,
            owner_department_id=self.office_id,
            state=state,
            external_source=self.file.external_source,
            external_key=key_of(row),
            supports=[(one, None, None) for one in sorted(supports)],
            details={
                "group_id": self.group_id, "forum": "office", "planned_on": row.held_on, "starts_at": starts_at,
                "ends_at": starts_at + timedelta(minutes=self.file.duration_minutes), "place": row.place,
                "joint_with": row.joint_with, "moved_reason": row.status if row.state != "held" else None,
                "opened_at": starts_at if row.state == "held" else None,
            },
            anchor_at=starts_at,
            escalate_from=self.today,
            note={"mapping": self.file.name, "line": row.line, "status": row.status, "source": dict(row.raw)},
        )  # fmt: skip

    def topic(self, row: MeetingRow, topic: TopicRow, place: int, meeting_id: int) -> NewItem:
        """Return a topic on its place of the agenda, concluded as the source says."""
        is_held = row.state == "held"
        if is_held and topic.outcome is None and not topic.is_procedural:
            zh, en = "没有处理结果，记为“知悉”", "what was done with it; noted"
            self.file.findings.add(
                Finding("flag", "no_action", zh, en, "", topic.line, topic.place.rstrip("."), topic.key)
            )
        return NewItem(
            kind="agenda_item",
            title=topic.title,
            parent_id=meeting_id,
            owner_department_id=None,
            state=_TOPIC_STATES[row.state],
            external_source=self.file.external_source,
            external_key=f"topic/{topic.key}",
            details={
                "meeting_id": meeting_id, "first_meeting_id": meeting_id,
                "kind": "procedural" if topic.is_procedural else "topic", "position": place if is_held else None,
                "brief": topic.brief, "outcome": (topic.outcome or "noted") if is_held else None,
                "conclusion": topic.conclusion, "raw": dict(topic.raw),
            },
            anchor_at=self.calendar.day_start(row.held_on),
            escalate_from=self.today,
            note={"mapping": self.file.name, "line": topic.line},
        )  # fmt: skip

    def decision(self, row: DecisionRow, meeting_id: int, seq: int) -> NewItem:
        """Return a decision in force, or done when a later list says so; flags name what it lacks."""
        found = [one for name in row.agencies if (one := self.departments.find(name)) is not None]
        agencies = list(dict.fromkeys(found))
        lead = agencies[0] if len(agencies) == 1 else None
        settled_on = self._settled_on(row)
        flags = [
            name
            for name, holds in (
                ("no_owner", lead is None), ("many_owners", len(agencies) > 1 or row.is_collective),
                ("no_date", row.due_on is None), ("date_text", bool(row.due_text) and row.due_on is None),
            )
            if holds
        ]  # fmt: skip
        return NewItem(
            kind="decision",
            title=shorten_title(row.text),
            parent_id=meeting_id,
            owner_department_id=lead,
            due_on=row.due_on,
            state="in_force" if settled_on is None else "done",
            external_source=self.file.external_source,
            external_key=f"decision/{row.key}",
            supports=[(one, None, None) for one in sorted(set(agencies) - {lead})],
            details={
                "meeting_id": meeting_id, "seq": seq, "text": row.text, "flags": flags, "settled_on": settled_on,
                "raw": dict(row.raw),
            },
            anchor_at=self.calendar.day_start(settled_on or row.held_on),
            escalate_from=self.today,
            note={"mapping": self.file.name, "line": row.line},
        )  # fmt: skip

    def _settled_on(self, row: DecisionRow) -> date | None:
        """Return when a decision was done, as a list later than the meeting says; None: nothing says so."""
        on = self.file.settled_on.get(row.identity) if row.identity else None
        return None if on is None or on < row.held_on else on
