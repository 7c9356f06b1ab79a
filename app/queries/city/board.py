"""What the escalation board adds to its cards: the slip about each item and how its answer stands; what it filters by.

Everything goes through `item_access`; a constant number of statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import Connection

from app.models.item import Item
from app.models.supervision import Slip
from app.queries.item import is_readable

PROJECTS_MAX = 300


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which items; None or empty does not restrict. `project_id` takes in everything below the project."""

    department_id: int | None = None
    causes: tuple[str, ...] = ()
    project_id: int | None = None


@dataclass(frozen=True, slots=True)
class BoardSlip:
    """The open slip about an item, the highest: its state, its limit to answer, whether an answer was given."""

    id: int
    number: str | None
    state: str
    workflow_version: int
    level: int
    due_on: date | None
    issue_at: datetime | None
    has_answer: bool


def is_in_project(project_id: int) -> ColumnElement[bool]:
    """Return the condition that the item of the row is the project or lies below it, at any depth."""
    below = select(Item.id).where(Item.id == project_id).cte("in_project", recursive=True)
    below = below.union(select(Item.id).join(below, Item.parent_id == below.c.id))
    return Item.id.in_(select(below.c.id))


def read_slips(connection: Connection, readers: Sequence[str], item_ids: Sequence[int]) -> dict[int, BoardSlip]:
    """Return by item the open slip about it that one of `readers` may read: the highest, of these the newest."""
    rows = connection.execute(
        select(
            Item.parent_id, Item.id, Item.number, Item.state, Item.workflow_version, Slip.level, Item.due_on,
            Slip.issue_at, Slip.answer.is_not(None),
        )
        .join(Slip, Slip.item_id == Item.id)
        .where(Item.parent_id.in_(item_ids), Item.kind == "slip", Item.closed_at.is_(None), is_readable(readers))
        .order_by(Slip.level, Item.id)
    )  # fmt: skip
    return {row[0]: BoardSlip(*row[1:]) for row in rows if row[0] is not None}


def list_open_projects(connection: Connection, readers: Sequence[str]) -> list[tuple[int, str]]:
    """Return (id, title) of the open projects that one of `readers` may read, by pinyin; at most 300."""
    rows = connection.execute(
        select(Item.id, Item.title)
        .where(Item.kind == "project", Item.closed_at.is_(None), is_readable(readers))
        .order_by(Item.sort_key, Item.id)
        .limit(PROJECTS_MAX)
    )
    return [(row[0], row[1]) for row in rows]
