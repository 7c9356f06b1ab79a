"""Reads by what somebody is asked to a meeting, whether or not they may read it; and the list as the office sees it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.sealing import is_text, unseal_or_none
from app.models.item import Item
from app.models.meeting import Meeting, MeetingConflict, MeetingInvitation, MeetingParticipant
from app.models.organisation import Department, Holding, Person, Post
from app.models.topic import AgendaItem
from app.queries.item import is_readable

_StandIn = aliased(Person, name="stand_in")
_ROLE_ORDER = {"chair": 0, "member": 1, "recorder": 2, "guest": 3}


@dataclass(frozen=True, slots=True)
class Asked:
    """How one person is asked to one meeting: what they may know of it, and what they answered.

    `is_stand_in`: they come for `person_name`. The topic is that for which a guest comes alone.
    """

    meeting_id: int
    title: str
    state: str
    starts_at: datetime
    ends_at: datetime
    place: str | None
    is_confidential: bool
    participant_id: int
    role: str
    seat: str | None
    post_id: int | None
    person_id: int | None
    person_name: str | None
    department_id: int | None
    topic_title: str | None
    reply: str
    reply_reason: str | None
    replied_at: datetime | None
    stand_in_id: int | None
    stand_in_name: str | None
    opinion: str | None
    is_stand_in: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list; the name of whoever holds an invited post, empty for a vacancy."""

    id: int
    role: str
    seat: str | None
    post_id: int | None
    post_title: str | None
    post_title_en: str | None
    person_id: int | None
    name: str | None
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    topic_id: int | None
    reply: str
    reply_reason: str | None
    replied_at: datetime | None
    stand_in_id: int | None
    stand_in_name: str | None
    attendance: str | None
    arrived_at: datetime | None
    opinion: str | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody keeps out of a topic."""

    topic_id: int
    topic_title: str
    participant_id: int
    note: str


def find_asked(connection: Connection, person_id: int, post_ids: Iterable[int], meeting_id: int) -> Asked | None:
    """Return how somebody is asked to a meeting: by name or post, else as a stand-in; None when they are not."""
    own, topic = MeetingParticipant, aliased(Item, name="topic")
    row: Any = connection.execute(
        select(
            Item.id, Item.title, Item.state, Meeting.starts_at, Meeting.ends_at, Meeting.place, Item.confidential,
            own.id, own.role, own.seat, own.post_id, own.person_id, Person.name, own.department_id, topic.title,
            own.reply, own.reply_reason, own.replied_at, own.stand_in_id, _StandIn.name, own.opinion,
            (own.stand_in_id == person_id),
        )
        .join(Meeting, Meeting.item_id == own.meeting_id)
        .join(Item, Item.id == own.meeting_id)
        .outerjoin(Person, Person.id == own.person_id)
        .outerjoin(_StandIn, _StandIn.id == own.stand_in_id)
        .outerjoin(topic, topic.id == own.agenda_item_id)
        .where(
            own.meeting_id == meeting_id, own.removed_at.is_(None),
            or_(own.person_id == person_id, own.stand_in_id == person_id, own.post_id.in_(tuple(post_ids))),
        )
        .order_by(own.person_id.is_distinct_from(person_id), own.stand_in_id.is_not_distinct_from(person_id), own.id)
        .limit(1)
    ).first()  # fmt: skip
    return None if row is None else Asked(*(*row[:-1], bool(row[-1])))


def list_stand_ins(connection: Connection, asked: Asked, today: date) -> tuple[tuple[int, str], ...]:
    """Return who may come for somebody: others with a post in the department or its sections; not yet asked."""
    taken = select(MeetingParticipant.person_id).where(
        MeetingParticipant.meeting_id == asked.meeting_id, MeetingParticipant.removed_at.is_(None),
        MeetingParticipant.person_id.is_not(None),
    )  # fmt: skip
    rows = connection.execute(
        select(Person.id, Person.name)
        .distinct()
        .join(Holding, Holding.person_id == Person.id)
        .join(Post, Post.id == Holding.post_id)
        .join(Department, Department.id == Post.department_id)
        .where(
            or_(Department.id == asked.department_id, Department.parent_id == asked.department_id), Person.is_active,
            ~Person.is_system, Person.id.not_in(taken), Holding.from_on <= today,
            or_(Holding.to_on.is_(None), Holding.to_on > today),
        )
        .order_by(Person.name, Person.id)
    ).all()  # fmt: skip
    return tuple((row.id, row.name) for row in rows)


def list_listed(connection: Connection, readers: Sequence[str], meeting_id: int) -> tuple[Listed, ...]:
    """Return the list of a meeting that the caller may read: chair, members, recorders, guests; one statement.

    Guests of a topic that `readers` may not read are left out.
    """
    own = MeetingParticipant
    rows: Any = connection.execute(
        select(
            own.id, own.role, own.seat, own.post_id, Post.title, Post.title_en, own.person_id, Person.name, own.name,
            own.department_id, Department.name, Department.name_en, own.agenda_item_id, own.reply, own.reply_reason,
            own.replied_at, own.stand_in_id, _StandIn.name, own.attendance, own.arrived_at, own.opinion,
        )
        .outerjoin(Post, Post.id == own.post_id)
        .outerjoin(Person, Person.id == own.person_id)
        .outerjoin(_StandIn, _StandIn.id == own.stand_in_id)
        .outerjoin(Department, Department.id == own.department_id)
        .where(
            own.meeting_id == meeting_id, own.removed_at.is_(None),
            or_(own.agenda_item_id.is_(None), is_readable(readers, own.agenda_item_id)),
        )
        .order_by(own.id)
    ).all()  # fmt: skip
    found = [Listed(*(*row[:7], row[7] or row[8], *row[9:])) for row in rows]
    return tuple(sorted(found, key=lambda one: (_ROLE_ORDER[one.role], one.id)))


def list_topics(connection: Connection, readers: Sequence[str], meeting_id: int) -> tuple[tuple[int, str], ...]:
    """Return the topics on the agenda that `readers` may read, in order; one statement."""
    rows = connection.execute(
        select(Item.id, Item.title)
        .join(AgendaItem, AgendaItem.item_id == Item.id)
        .where(
            AgendaItem.meeting_id == meeting_id, Item.state.in_(("accepted", "concluded")), is_readable(readers)
        )
        .order_by(AgendaItem.position, Item.id)
    )  # fmt: skip
    return tuple((row.id, row.title) for row in rows)


def list_conflicts(connection: Connection, readers: Sequence[str], meeting_id: int) -> tuple[Conflict, ...]:
    """Return who keeps out of which topic, of topics that `readers` may read; one statement."""
    rows = connection.execute(
        select(MeetingConflict.agenda_item_id, Item.title, MeetingConflict.participant_id, MeetingConflict.note)
        .join(AgendaItem, AgendaItem.item_id == MeetingConflict.agenda_item_id)
        .join(Item, Item.id == AgendaItem.item_id)
        .where(AgendaItem.meeting_id == meeting_id, is_readable(readers, Item.id))
        .order_by(AgendaItem.position, MeetingConflict.participant_id)
    )
    return tuple(Conflict(*row) for row in rows)


def find_last_sent(connection: Connection, person_id: int, meeting_id: int) -> dict[str, Any] | None:
    """Return what somebody was sent of a meeting last, as it was written; None when nothing was."""
    found: dict[str, Any] | None = connection.execute(
        select(MeetingInvitation.content)
        .where(MeetingInvitation.meeting_id == meeting_id, MeetingInvitation.person_id == person_id)
        .order_by(MeetingInvitation.id.desc())
        .limit(1)
    ).scalar()
    return found


def find_mail(connection: Connection, person_id: int) -> str | None:
    """Return somebody's mail address."""
    found = connection.execute(select(Person.email).where(Person.id == person_id)).scalar()
    return unseal_or_none(found, Person.email, person_id)


def find_by_mail(connection: Connection, address: str) -> int | None:
    """Return the one active person with a mail address, whatever its case; None for nobody or several."""
    rows = connection.execute(select(Person.id).where(is_text(Person.email, address), Person.is_active).limit(2)).all()
    return rows[0].id if len(rows) == 1 else None


def list_head_posts(connection: Connection, today: date) -> tuple[tuple[int, str, str | None, str, str | None], ...]:
    """Return the posts of heads as (id, department, in English, title, in English), by department; one statement."""
    rows: Any = connection.execute(
        select(Post.id, Department.name, Department.name_en, Post.title, Post.title_en)
        .join(Department, Department.id == Post.department_id)
        .where(
            Post.duty == "head", or_(Post.to_on.is_(None), Post.to_on > today),
            or_(Department.to_on.is_(None), Department.to_on > today),
        )
        .order_by(Department.name, Post.id)
    ).all()  # fmt: skip
    return tuple(tuple(row) for row in rows)
