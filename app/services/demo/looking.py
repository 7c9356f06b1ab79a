"""Looks over the city's open items once a day, in one statement."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Criterion, Item, ItemClock, ItemLink, Project, Share, Task
from app.models.organisation import Holding, Person
from app.models.record import History, SignOff, SignSlot
from app.models.supervision import Slip, SupervisionRequest


@dataclass(frozen=True, slots=True)
class Open:
    """An open item as its people see it in the morning."""

    id: int
    kind: str
    state: str
    title: str
    parent_id: int | None
    owner_id: int | None
    section_id: int | None
    assignee_id: int | None
    due_on: date | None
    created_at: datetime
    state_since: datetime
    last_progress_at: datetime | None
    rhythm: str | None
    parent_paused: bool
    parent_owner_id: int | None
    pct: int | None
    phase_seq: int | None
    level: int | None
    request_kind: str | None
    rung: int
    confidential: bool


_Above, _Highest = aliased(Item, name="above"), aliased(Item, name="highest")
# Made once: the statement is wide, and the city is looked over every day.
_OPEN = (
    select(
        Item.id, Item.kind, Item.state, Item.title, Item.parent_id, Item.owner_department_id, Item.section_id,
        Item.assignee_id, Item.due_on, Item.created_at, Item.state_since, Item.last_progress_at, Item.report_rhythm,
        or_(_Above.paused_state.is_not(None), _Highest.paused_state.is_not(None)), _Above.owner_department_id,
        func.coalesce(Project.progress_pct, Task.progress_pct, Share.progress_pct), Project.phase_seq, Slip.level,
        SupervisionRequest.request_kind, ItemClock.rung, Item.confidential,
    )
    .join(ItemClock, ItemClock.item_id == Item.id)
    .outerjoin(_Above, _Above.id == Item.parent_id)
    .outerjoin(_Highest, _Highest.id == _Above.parent_id)
    .outerjoin(Project, Project.item_id == Item.id)
    .outerjoin(Task, Task.item_id == Item.id)
    .outerjoin(Share, Share.item_id == Item.id)
    .outerjoin(Slip, Slip.item_id == Item.id)
    .outerjoin(SupervisionRequest, SupervisionRequest.item_id == Item.id)
    .where(Item.closed_at.is_(None))
    .order_by(Item.id)
)  # fmt: skip


def list_open(connection: Connection) -> list[Open]:
    """Return every open item, by id."""
    rows: Any = connection.execute(_OPEN)
    return [Open(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A signature that a round still wants."""

    item_id: int
    department_id: int
    opened_at: datetime
    #: The seat whose holder signs, where the round asks for seats.
    post_id: int | None = None


_UNSIGNED = (
    select(SignOff.item_id, SignSlot.department_id, SignOff.opened_at, SignSlot.post_id)
    .join(SignSlot, SignSlot.sign_off_id == SignOff.id)
    .join(Item, Item.id == SignOff.item_id)
    .where(SignOff.closed_at.is_(None), SignSlot.is_due, Item.paused_state.is_(None))
    .order_by(SignOff.id, SignSlot.slot)
)


def list_unsigned(connection: Connection) -> list[Unsigned]:
    """Return the signatures that open rounds on running items want."""
    rows: Any = connection.execute(_UNSIGNED)
    return [Unsigned(*row) for row in rows]


def find_holder(connection: Connection, post_id: int) -> str:
    """Return the log-in of who holds a post."""
    statement = select(Person.login).join(Holding, Holding.person_id == Person.id).where(Holding.post_id == post_id)
    return str(connection.execute(statement.where(Holding.to_on.is_(None))).scalar_one())


def count_steps(connection: Connection, item_id: int, action: str, since: datetime | None = None) -> int:
    """Return how often a step was taken on an item (from `since` on)."""
    statement = select(func.count()).where(History.item_id == item_id, History.action == action)
    if since is not None:
        statement = statement.where(History.occurred_at >= since)
    return int(connection.execute(statement).scalar_one())


def find_newest(connection: Connection, parent_id: int, kind: str, department_id: int | None = None) -> int:
    """Return the newest open item of a kind below another; the story speaks of none that is not there."""
    below = (Item.parent_id == parent_id, Item.kind == kind, Item.closed_at.is_(None))
    statement = select(func.max(Item.id)).where(*below)
    if department_id is not None:
        statement = statement.where(Item.owner_department_id == department_id)
    found: Any = connection.execute(statement).scalar_one()
    if found is None:
        raise AssertionError(f"no open {kind} below {parent_id}")
    return int(found)


def find_parts(connection: Connection, item_id: int) -> list[int]:
    """Return the tasks that a task was split into, in their order."""
    statement = select(ItemLink.from_id).where(ItemLink.to_id == item_id, ItemLink.kind == "split_from")
    return list(connection.execute(statement.order_by(ItemLink.from_id)).scalars())


def find_lead(connection: Connection, item_id: int) -> tuple[int, date]:
    """Return an item's lead department and its due date."""
    row: Any = connection.execute(select(Item.owner_department_id, Item.due_on).where(Item.id == item_id)).one()
    return row[0], row[1]


def find_criteria(connection: Connection, item_id: int) -> list[tuple[int, str]]:
    """Return the acceptance criteria of a task that are not answered yet: number and text."""
    statement = select(Criterion.seq, Criterion.wanted).where(Criterion.item_id == item_id, Criterion.answer.is_(None))
    return [(row[0], row[1]) for row in connection.execute(statement.order_by(Criterion.seq))]
