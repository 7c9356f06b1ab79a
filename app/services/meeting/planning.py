"""A meeting comes into being: by hand, or as an occurrence of its series; and where its topics go when it does not."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.engine import Connection

from app.models.group import GroupSeat, LeadershipGroup
from app.models.item import Item
from app.models.meeting import Meeting, MeetingParticipant
from app.models.organisation import Holding, Person, Post
from app.services.act import Act
from app.services.entering import NewItem, enter_items
from app.services.meeting.standing import AHEAD, get_procedure
from app.services.rulebook import Rulebook

_LEADERS = ("leader", "deputy")


@dataclass(frozen=True, slots=True)
class NewMeeting:
    """A meeting to be; instants aware. `series_id` and `month` of an occurrence, both or none."""

    group_id: int
    title: str
    forum: str
    starts_at: datetime
    ends_at: datetime
    place: str | None = None
    series_id: int | None = None
    month: str | None = None
    planned_on: date | None = None
    moved_reason: str | None = None
    call_on: date | None = None
    cutoff_on: date | None = None
    notice_on: date | None = None
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat with who holds its post now (None: vacant)."""

    id: int
    role: str
    rank: int
    post_id: int
    department_id: int
    person_id: int | None


def list_seats(connection: Connection, group_id: int, today: date) -> tuple[Seat, ...]:
    """Return the seats of a group on a day, leader first, each with its holder; one statement.

    A post that several hold counts with the first of them.
    """
    order = {"leader": 0, "deputy": 1, "director": 2, "member": 3, "liaison": 4}
    rows = connection.execute(
        select(GroupSeat.id, GroupSeat.role, GroupSeat.rank, Post.id, Post.department_id, Person.id)
        .join(Post, Post.id == GroupSeat.post_id)
        .outerjoin(
            Holding,
            (Holding.post_id == Post.id)
            & (Holding.from_on <= today)
            & or_(Holding.to_on.is_(None), Holding.to_on > today),
        )
        .outerjoin(Person, (Person.id == Holding.person_id) & Person.is_active)
        .where(
            GroupSeat.group_id == group_id,
            GroupSeat.from_on <= today,
            or_(GroupSeat.to_on.is_(None), GroupSeat.to_on > today),
        )
        .order_by(GroupSeat.rank, GroupSeat.id, Holding.from_on, Person.id)
    ).all()
    seats: dict[int, Seat] = {}
    for row in rows:
        known = seats.get(row[0])
        if known is None or known.person_id is None:
            seats[row[0]] = Seat(*row)
    return tuple(sorted(seats.values(), key=lambda seat: (order[seat.role], seat.rank, seat.id)))


def choose_chair(connection: Connection, group_id: int, forum: str, today: date) -> int | None:
    """Return the post that chairs a forum by the group's rules: the first seat in order that somebody holds."""
    seats = list_seats(connection, group_id, today)
    for role in get_procedure(connection, group_id).chairs[forum]:
        for seat in seats:
            if seat.role == role and seat.person_id is not None:
                return seat.post_id
    return None


def plan_meeting(act: Act, book: Rulebook, new: NewMeeting) -> int:
    """Enter a meeting with its chair and the seats that its forum invites; return its id.

    The units that its forum invites support it, so that they read it, its topics and its decisions. It does not hang
    below its group: what the leaders or a working group discuss is not for every unit of the group above.
    """
    connection = act.connection
    office_id = connection.execute(
        select(LeadershipGroup.office_department_id).where(LeadershipGroup.item_id == new.group_id)
    ).scalar_one()
    seats = [
        seat
        for seat in list_seats(connection, new.group_id, act.today)
        if seat.role in get_procedure(connection, new.group_id).invited[new.forum]
    ]
    units = sorted({seat.department_id for seat in seats if seat.role not in _LEADERS} - {office_id})
    local = new.starts_at.astimezone(book.zone).date()
    item = NewItem(
        kind="meeting",
        title=new.title,
        owner_department_id=office_id,
        due_on=local,
        confidential=new.confidential,
        supports=[(unit, None, None) for unit in units],
        details={
            "group_id": new.group_id, "series_id": new.series_id, "month": new.month, "forum": new.forum,
            "planned_on": new.planned_on or local, "moved_reason": new.moved_reason, "starts_at": new.starts_at,
            "ends_at": new.ends_at, "place": new.place, "call_on": new.call_on, "cutoff_on": new.cutoff_on,
            "notice_on": new.notice_on,
            "chair_post_id": choose_chair(connection, new.group_id, new.forum, act.today),
        },
    )  # fmt: skip
    meeting_id = enter_items(connection, book, act.acting, act.now, [item], source=act.source)[0]
    invite_seats(connection, meeting_id, seats)
    return meeting_id


def invite_seats(connection: Connection, meeting_id: int, seats: list[Seat]) -> None:
    """Put seats on a meeting's list; who is on it already stays as they are."""
    chair = select(Meeting.chair_post_id).where(Meeting.item_id == meeting_id)
    chair_post_id = connection.execute(chair).scalar_one()
    known = set(
        connection.execute(
            select(MeetingParticipant.post_id).where(
                MeetingParticipant.meeting_id == meeting_id, MeetingParticipant.removed_at.is_(None)
            )
        ).scalars()
    )
    rows: list[dict[str, Any]] = [
        {
            "meeting_id": meeting_id, "role": "chair" if seat.post_id == chair_post_id else "member",
            "seat": seat.role, "post_id": seat.post_id, "person_id": seat.person_id,
            "department_id": seat.department_id, "reply": "none",
        }
        for seat in seats
        if seat.post_id not in known
    ]  # fmt: skip
    if rows:
        connection.execute(insert(MeetingParticipant), rows)


def find_next(connection: Connection, meeting_id: int) -> int | None:
    """Return the meeting of the same series, else of the same group and forum, that comes next and has not begun."""
    own = connection.execute(
        select(Meeting.group_id, Meeting.series_id, Meeting.forum, Meeting.starts_at).where(
            Meeting.item_id == meeting_id
        )
    ).one()
    return connection.execute(
        select(Meeting.item_id)
        .join(Item, Item.id == Meeting.item_id)
        .where(
            Meeting.group_id == own.group_id,
            Meeting.item_id != meeting_id,
            Meeting.starts_at >= own.starts_at,
            Item.state.in_([state for state in AHEAD if state != "notified"]),
        )
        .order_by(
            Meeting.series_id.is_distinct_from(own.series_id),
            Meeting.forum != own.forum,
            Meeting.starts_at,
            Meeting.item_id,
        )
        .limit(1)
    ).scalar()


def find_previous(connection: Connection, meeting_id: int) -> int | None:
    """Return the last meeting held before in the same series, else of the same group and forum."""
    own = connection.execute(
        select(Meeting.group_id, Meeting.series_id, Meeting.forum, Meeting.starts_at).where(
            Meeting.item_id == meeting_id
        )
    ).one()
    same = Meeting.series_id == own.series_id if own.series_id is not None else Meeting.forum == own.forum
    return connection.execute(
        select(Meeting.item_id)
        .join(Item, Item.id == Meeting.item_id)
        .where(
            Meeting.group_id == own.group_id,
            same,
            Meeting.starts_at < own.starts_at,
            Item.state.in_(("held", "minutes_draft", "minutes_cosign", "issued", "closed")),
        )
        .order_by(Meeting.starts_at.desc(), Meeting.item_id.desc())
        .limit(1)
    ).scalar()
