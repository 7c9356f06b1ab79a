"""One meeting as its page shows it: when and where, who chairs, who was asked and came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.item import Item
from app.models.meeting import Meeting, MeetingParticipant, MeetingSeries
from app.models.organisation import Department, Holding, Person
from app.models.record import History
from app.queries.item import is_readable

_Group = aliased(Item, name="group_item")


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting. The group is None for whoever may not read it; `chair_name` is whoever holds the chair's post now."""

    id: int
    title: str
    state: str
    workflow_version: int
    version: int
    confidential: bool
    due_on: date | None
    group_id: int | None
    group_title: str | None
    series_id: int | None
    series_name: str | None
    series_name_en: str | None
    month: str | None
    forum: str
    ordinal: int | None
    planned_on: date
    moved_reason: str | None
    starts_at: datetime
    ends_at: datetime
    place: str | None
    joint_with: str | None
    chair_post_id: int | None
    chair_name: str | None
    call_on: date | None
    cutoff_on: date | None
    notice_on: date | None
    notified_at: datetime | None
    opened_at: datetime | None
    ended_at: datetime | None
    is_short: bool
    quorum: dict[str, Any] | None
    cosign_until_on: date | None
    minutes_number: str | None
    issued_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody asked to a meeting, by whom replaced, and how they attended (None: not marked)."""

    id: int
    role: str
    seat: str | None
    person_id: int | None
    name: str | None
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    topic_id: int | None
    reply: str
    reply_reason: str | None
    stand_in_name: str | None
    attendance: str | None
    opinion: str | None


def find_sitting(connection: Connection, readers: Sequence[str], meeting_id: int, today: date) -> Sitting:
    """Return a meeting; NotFoundError when there is none or none of `readers` may read it. One statement."""
    own, series = Meeting, MeetingSeries
    holder = (
        select(Person.name)
        .join(Holding, Holding.person_id == Person.id)
        .where(
            Holding.post_id == own.chair_post_id, Person.is_active, Holding.from_on <= today,
            or_(Holding.to_on.is_(None), Holding.to_on > today),
        )
        .order_by(Holding.from_on, Person.id)
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip
    row: Any = connection.execute(
        select(
            Item.id, Item.title, Item.state, Item.workflow_version, Item.version, Item.confidential, Item.due_on,
            _Group.id, _Group.title, own.series_id, series.name, series.name_en, own.month, own.forum, own.ordinal,
            own.planned_on, own.moved_reason, own.starts_at, own.ends_at, own.place, own.joint_with, own.chair_post_id,
            holder, own.call_on, own.cutoff_on, own.notice_on, own.notified_at, own.opened_at, own.ended_at,
            own.is_short, own.quorum, own.cosign_until_on, own.minutes_number, own.issued_at,
        )
        .join(own, own.item_id == Item.id)
        .outerjoin(_Group, (_Group.id == own.group_id) & is_readable(readers, _Group.id))
        .outerjoin(series, series.id == own.series_id)
        .where(Item.id == meeting_id, is_readable(readers))
    ).first()  # fmt: skip
    if row is None:
        raise NotFoundError
    return Sitting(*row)


def list_attendees(connection: Connection, readers: Sequence[str], meeting_id: int) -> tuple[Attendee, ...]:
    """Return who is asked to a meeting that the caller may read: chair, members, recorders, guests; one statement.

    Guests of a topic that `readers` may not read are left out.
    """
    own, stand_in = MeetingParticipant, aliased(Person, name="stand_in")
    order = {"chair": 0, "member": 1, "recorder": 2, "guest": 3}
    rows: Any = connection.execute(
        select(
            own.id, own.role, own.seat, own.person_id, func.coalesce(Person.name, own.name), own.department_id,
            Department.name, Department.name_en, own.agenda_item_id, own.reply, own.reply_reason, stand_in.name,
            own.attendance, own.opinion,
        )
        .outerjoin(Person, Person.id == own.person_id)
        .outerjoin(stand_in, stand_in.id == own.stand_in_id)
        .outerjoin(Department, Department.id == own.department_id)
        .where(
            own.meeting_id == meeting_id, own.removed_at.is_(None),
            own.agenda_item_id.is_(None) | is_readable(readers, own.agenda_item_id),
        )
        .order_by(own.id)
    )  # fmt: skip
    found = [Attendee(*row) for row in rows]
    return tuple(sorted(found, key=lambda one: (order[one.role], one.id)))


def list_entered(connection: Connection, meeting_id: int) -> dict[str, datetime]:
    """Return when a meeting that the caller may read came into each of its states last, by state; one statement."""
    rows = connection.execute(
        select(History.to_state, func.max(History.occurred_at).label("entered_at"))
        .where(History.item_id == meeting_id, or_(History.from_state.is_(None), History.from_state != History.to_state))
        .group_by(History.to_state)
    )
    return {row.to_state: row.entered_at for row in rows}
