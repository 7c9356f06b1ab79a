"""The way that an item took through its workflow, and what it came from. A constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.document import SourceDocument
from app.models.item import Item, Task
from app.models.record import History
from app.models.supervision import Slip
from app.policy.document import can_read_document
from app.policy.people import Actor
from app.queries.item import is_readable


@dataclass(frozen=True, slots=True)
class Passage:
    """A move from one state into another (`from_state` None: the item came into being)."""

    from_state: str | None
    to_state: str
    action: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SourcePaper:
    """The registered document from which an order came."""

    id: int
    kind: str
    number: str
    title: str
    dated_on: date


@dataclass(frozen=True, slots=True)
class SlipMark:
    """A slip about the item; `issued_at` None while it is a draft."""

    id: int
    number: str | None
    level: int
    cause: str
    state: str
    workflow_version: int
    issued_at: datetime | None
    created_at: datetime


def read_way(connection: Connection, readers: Sequence[str], item_id: int) -> tuple[Passage, ...]:
    """Return every move of an item from state to state, in order; empty when none of `readers` may read it."""
    statement = (
        select(History.from_state, History.to_state, History.action, History.occurred_at)
        .join(Item, Item.id == History.item_id)
        .where(History.item_id == item_id, History.from_state.is_distinct_from(History.to_state), is_readable(readers))
        .order_by(History.seq)
    )
    return tuple(Passage(*row) for row in connection.execute(statement))


def find_paper(connection: Connection, actor: Actor, item_id: int) -> SourcePaper | None:
    """Return the document that a task was made from, when there is one and `actor` may read it."""
    row = connection.execute(
        select(
            SourceDocument.id, SourceDocument.kind, SourceDocument.register_number, SourceDocument.title,
            SourceDocument.received_on,
        )
        .join(Task, Task.source_document_id == SourceDocument.id)
        .where(Task.item_id == item_id, can_read_document(actor))
    ).first()  # fmt: skip
    return None if row is None else SourcePaper(*row)


def list_slip_marks(connection: Connection, readers: Sequence[str], item_id: int) -> tuple[SlipMark, ...]:
    """Return the slips about an item, the oldest first, as far as `readers` may read them."""
    statement = (
        select(
            Item.id, Item.number, Slip.level, Slip.cause, Item.state, Item.workflow_version, Slip.issued_at,
            Item.created_at,
        )
        .join(Slip, Slip.item_id == Item.id)
        .where(Item.parent_id == item_id, is_readable(readers))
        .order_by(Item.id)
    )  # fmt: skip
    return tuple(SlipMark(*row) for row in connection.execute(statement))
