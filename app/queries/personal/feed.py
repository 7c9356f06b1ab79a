"""Reads calendar feeds, and the dates that one person has to keep: judged at the moment of reading.

A person keeps the dates of what they were assigned, and of what their department leads or their section was given
where they are its head; only what their posts let them read at this moment. Closed items stay for 30 days, marked
as done, so that every calendar hears of it; then they vanish.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.engine import Connection

from app.models.item import Item, ItemAccess, ItemClock
from app.models.meeting import Meeting, MeetingInvitation, MeetingParticipant
from app.models.organisation import Department, Person
from app.models.personal import CalendarFeed
from app.models.supervision import ReportOwed
from app.policy.access import NO_DUE
from app.policy.owing import is_at_work
from app.policy.people import Actor
from workflows.roles import Duty

#: Entries of one feed, the nearest due date first.
ENTRIES_MAX = 1000
#: So long a closed item is still told of.
CLOSED_DAYS = 30
#: An open item that was due longer ago is told of by its light, not by a calendar.
PAST_DAYS = 366


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed that is not revoked."""

    id: int
    person_id: int
    label: str
    lang: str
    alarm_days: int | None
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwedDate:
    """A report that is owed: its row, its period, the last day of its limit."""

    id: int
    period: str
    due_on: date


@dataclass(frozen=True, slots=True)
class DateRow:
    """An item with a due date that the person has to keep; `owed` are its reports."""

    item_id: int
    kind: str
    number: str | None
    title: str
    due_on: date
    closed_at: datetime | None
    is_confidential: bool
    light: str
    department_name: str | None
    department_name_en: str | None
    owed: tuple[OwedDate, ...] = ()


@dataclass(frozen=True, slots=True)
class MeetingDate:
    """A meeting to which the person is asked; `sequence` and `sent_at` are those of the invitation they got last."""

    meeting_id: int
    title: str
    is_called_off: bool
    is_confidential: bool
    starts_at: datetime
    ends_at: datetime
    place: str | None
    sequence: int
    sent_at: datetime
    reply: str
    is_stand_in: bool


#: A meeting in one of these is not held on the day that people were told.
_CALLED_OFF = ("cancelled", "postponed")
#: On its day a meeting is an entry of its own, for those who are asked; its due date would be a second one.
_MEETING_AHEAD = ("planned", "collecting", "agenda_set", "notified", "held", "postponed", "cancelled")
_FEED = (
    CalendarFeed.id, CalendarFeed.person_id, CalendarFeed.label, CalendarFeed.lang, CalendarFeed.alarm_days,
    CalendarFeed.created_at, CalendarFeed.read_at,
)  # fmt: skip


def list_feeds(connection: Connection, person_id: int) -> tuple[FeedRow, ...]:
    """Return a person's feeds that are not revoked, the newest first; one statement."""
    rows = connection.execute(
        select(*_FEED)
        .where(CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None))
        .order_by(CalendarFeed.id.desc())
    )
    return tuple(FeedRow(*row) for row in rows)


def find_feed(connection: Connection, key_sha256: str) -> FeedRow | None:
    """Return the feed behind a key; None when it is unknown, revoked, or its person has left. One statement."""
    row = connection.execute(
        select(*_FEED)
        .join(Person, Person.id == CalendarFeed.person_id)
        .where(CalendarFeed.sha256 == key_sha256, CalendarFeed.revoked_at.is_(None), Person.is_active)
    ).first()
    return None if row is None else FeedRow(*row)


def list_dates(connection: Connection, actor: Actor, today: date, now: datetime) -> tuple[DateRow, ...]:
    """Return what `actor` has to keep, by due date, at most ENTRIES_MAX items; two statements."""
    since = now - timedelta(days=CLOSED_DAYS)
    is_recent = or_(
        and_(ItemAccess.is_open, ItemAccess.due_key >= today - timedelta(days=PAST_DAYS)),
        and_(~ItemAccess.is_open, Item.closed_at >= since),
    )
    found: Any = connection.execute(
        select(
            Item.id, Item.kind, Item.number, Item.title, Item.due_on, Item.closed_at, Item.confidential,
            ItemClock.light, Department.name, Department.name_en,
        )
        .distinct()
        .join(ItemAccess, ItemAccess.item_id == Item.id)
        .join(ItemClock, ItemClock.item_id == Item.id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(
            ItemAccess.reader.in_(actor.readers), ItemAccess.due_key < NO_DUE, Item.due_on.is_not(None), is_recent,
            or_(Item.kind != "meeting", Item.state.not_in(_MEETING_AHEAD)),
            _is_charged(actor),
        )
        .order_by(Item.due_on, Item.id)
        .limit(ENTRIES_MAX)
    ).all()  # fmt: skip
    owed = _read_owed(connection, [row.id for row in found])
    return tuple(DateRow(*(*row, tuple(owed.get(row.id, ())))) for row in found)


def _is_charged(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the item is the actor's to keep, by one of the keys by which they read it.

    An assignee reads by their own key, a head by those of post and department: no wider key (the office's, the
    overseers') has to be walked.
    """
    heads = [one for one in actor.capacities if one.duty is Duty.HEAD]
    mine = and_(ItemAccess.reader == f"U:{actor.person_id}", Item.assignee_id == actor.person_id)
    if not heads:
        return mine
    keys = sorted({key for one in heads for key in (f"D:{one.department_id}", f"P:{one.post_id}")})
    departments = sorted({one.department_id for one in heads})
    led = or_(Item.owner_department_id.in_(departments), Item.section_id.in_(departments))
    return or_(mine, and_(ItemAccess.reader.in_(keys), led))


def _read_owed(connection: Connection, item_ids: Sequence[int]) -> dict[int, list[OwedDate]]:
    found: dict[int, list[OwedDate]] = {}
    rows: Iterable[Any] = connection.execute(
        select(ReportOwed.item_id, ReportOwed.id, ReportOwed.period, ReportOwed.due_on)
        .join(Item, Item.id == ReportOwed.item_id)
        .where(ReportOwed.item_id.in_(item_ids), ReportOwed.answered_at.is_(None), is_at_work())
        .order_by(ReportOwed.due_on, ReportOwed.id)
    )
    for row in rows:
        found.setdefault(row.item_id, []).append(OwedDate(row.id, row.period, row.due_on))
    return found


def list_meetings(connection: Connection, actor: Actor, now: datetime) -> tuple[MeetingDate, ...]:
    """Return the meetings to which `actor` is asked and was sent the notice, nearest last; one statement.

    By name, by a post that they hold at this moment, or as a stand-in; whoever was taken off the list has none. Those
    that were called off or postponed are told of for CLOSED_DAYS, those that were held for PAST_DAYS.
    """
    own = MeetingParticipant
    posts = tuple(sorted({one.post_id for one in actor.capacities if not one.is_lent}))
    sent = (
        select(func.max(MeetingInvitation.sent_at))
        .where(MeetingInvitation.meeting_id == Meeting.item_id, MeetingInvitation.person_id == actor.person_id)
        .scalar_subquery()
    )
    rows: Any = connection.execute(
        select(
            Item.id, Item.title, Item.state, Item.confidential, Meeting.starts_at, Meeting.ends_at, Meeting.place,
            Meeting.sequence, func.coalesce(sent, Meeting.notified_at), own.reply, own.stand_in_id == actor.person_id,
        )
        .join(Meeting, Meeting.item_id == Item.id)
        .join(own, own.meeting_id == Item.id)
        .where(
            own.removed_at.is_(None), Meeting.notified_at.is_not(None),
            or_(own.person_id == actor.person_id, own.stand_in_id == actor.person_id, own.post_id.in_(posts)),
            Meeting.starts_at >= now - timedelta(days=PAST_DAYS),
            or_(Item.state.not_in(_CALLED_OFF), Item.state_since >= now - timedelta(days=CLOSED_DAYS)),
        )
        .order_by(Meeting.starts_at.desc(), Item.id, own.person_id.is_distinct_from(actor.person_id))
        .limit(ENTRIES_MAX)
    ).all()  # fmt: skip
    found: dict[int, MeetingDate] = {}
    for row in rows:
        found.setdefault(row[0], MeetingDate(*(*row[:2], row[2] in _CALLED_OFF, *row[3:10], bool(row[10]))))
    return tuple(found.values())
