"""What the story sees of the meetings that are going on: how they stand, what is on their tables."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from app.models.item import Item
from app.models.meeting import Meeting, MeetingParticipant
from app.models.organisation import Holding, Person
from app.models.record import SignOff, SignSlot
from app.models.topic import AgendaItem, Decision


@dataclass(frozen=True, slots=True)
class Sitting:
    """An open meeting as it stands now."""

    id: int
    state: str
    state_since: datetime
    title: str
    group_id: int
    series_id: int | None
    month: str | None
    forum: str
    starts_at: datetime
    chair_post_id: int | None
    cosign_until_on: date | None
    issued_at: datetime | None


def list_sittings(connection: Connection) -> list[Sitting]:
    """Return every meeting that is not closed, the next one first."""
    rows: Any = connection.execute(
        select(
            Item.id, Item.state, Item.state_since, Item.title, Meeting.group_id, Meeting.series_id, Meeting.month,
            Meeting.forum, Meeting.starts_at, Meeting.chair_post_id, Meeting.cosign_until_on, Meeting.issued_at,
        )
        .join(Meeting, Meeting.item_id == Item.id)
        .where(Item.closed_at.is_(None))
        .order_by(Meeting.starts_at, Item.id)
    )  # fmt: skip
    return [Sitting(*row) for row in rows]


def read_state(connection: Connection, item_id: int) -> str:
    """Return the state of an item."""
    return str(connection.execute(select(Item.state).where(Item.id == item_id)).scalar_one())


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it stands now; `is_consulted`: everybody concerned has answered, `dissent`: somebody did not agree."""

    id: int
    kind: str
    state: str
    state_since: datetime
    position: int | None
    title: str
    is_consulted: bool
    has_dissent: bool


def list_topics(connection: Connection, meeting_id: int) -> list[Topic]:
    """Return the topics of a meeting in the order of its agenda."""
    rows: Any = connection.execute(
        select(Item.id, AgendaItem.kind, Item.state, Item.state_since, AgendaItem.position, Item.title,
               AgendaItem.consent)
        .join(AgendaItem, AgendaItem.item_id == Item.id)
        .where(AgendaItem.meeting_id == meeting_id, Item.state.not_in(("withdrawn", "merged")))
        .order_by(AgendaItem.position.is_(None), AgendaItem.position, Item.id)
    )  # fmt: skip
    return [
        Topic(
            row[0], row[1], row[2], row[3], row[4], row[5], row[6] is not None, bool((row[6] or {}).get("dissent"))
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody on a meeting's list, with the log-in of who is meant."""

    id: int
    role: str
    seat: str | None
    login: str | None
    department_id: int | None
    reply: str


def list_guests(connection: Connection, meeting_id: int) -> list[Guest]:
    """Return who is asked to a meeting."""
    rows: Any = connection.execute(
        select(MeetingParticipant.id, MeetingParticipant.role, MeetingParticipant.seat, Person.login,
               MeetingParticipant.department_id, MeetingParticipant.reply)
        .outerjoin(Person, Person.id == MeetingParticipant.person_id)
        .where(MeetingParticipant.meeting_id == meeting_id, MeetingParticipant.removed_at.is_(None))
        .order_by(MeetingParticipant.id)
    )  # fmt: skip
    return [Guest(*row) for row in rows]


def find_login(connection: Connection, post_id: int | None) -> str:
    """Return who holds a post."""
    statement = select(Person.login).join(Holding, Holding.person_id == Person.id)
    found = connection.execute(statement.where(Holding.post_id == post_id, Holding.to_on.is_(None)).limit(1))
    return str(found.scalar_one())


def is_being_signed(connection: Connection, item_id: int) -> bool:
    """Whether a round on an item still wants a signature."""
    wanted = (
        select(func.count())
        .select_from(SignSlot)
        .join(SignOff, SignOff.id == SignSlot.sign_off_id)
        .where(SignOff.item_id == item_id, SignOff.closed_at.is_(None), SignSlot.is_due)
    )
    return bool(connection.execute(wanted).scalar_one())


def list_decisions(connection: Connection, meeting_id: int) -> list[tuple[int, str, int | None, date | None]]:
    """Return the decisions of a meeting: id, state, task, the day on which it was settled."""
    rows = connection.execute(
        select(Decision.item_id, Item.state, Decision.task_id, Decision.settled_on)
        .join(Item, Item.id == Decision.item_id)
        .where(Decision.meeting_id == meeting_id)
        .order_by(Decision.seq)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
