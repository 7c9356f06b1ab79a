"""What happened to one item, in the order of its steps; read by whoever may read the item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.item import Item
from app.models.organisation import Department, Person, Post
from app.models.record import History
from app.queries.cursor import read_cursor, write_cursor
from app.queries.item import is_readable

_SORT = "history"
_Behalf = aliased(Person, name="behalf")


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One step: who took it in which capacity, from where to where, with what was written."""

    seq: int
    action: str
    from_state: str | None
    to_state: str
    workflow_version: int
    actor_id: int
    actor_name: str
    acting_role: str
    post_title: str | None
    post_title_en: str | None
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    on_behalf_of_name: str | None
    occurred_at: datetime
    recorded_at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of steps of an item of `kind`, and the cursor behind it; None on the last one."""

    kind: str
    rows: tuple[HistoryRow, ...]
    next_cursor: str | None


def list_history(
    connection: Connection, readers: Sequence[str], item_id: int, *, limit: int = 50, cursor: str | None = None
) -> HistoryPage:
    """Return a page of the item's steps, the newest first; NotFoundError when none of `readers` may read it."""
    kind = connection.execute(select(Item.kind).where(Item.id == item_id, is_readable(readers))).scalar_one_or_none()
    if kind is None:
        raise NotFoundError
    statement = (
        select(
            History.seq, History.action, History.from_state, History.to_state, History.workflow_version,
            History.actor_id, Person.name, History.acting_role, Post.title, Post.title_en,
            History.acting_department_id, Department.name, Department.name_en, _Behalf.name, History.occurred_at,
            History.recorded_at, History.data,
        )
        .join(Person, Person.id == History.actor_id)
        .outerjoin(Post, Post.id == History.acting_post_id)
        .outerjoin(Department, Department.id == History.acting_department_id)
        .outerjoin(_Behalf, _Behalf.id == History.on_behalf_of)
        .where(History.item_id == item_id)
        .order_by(History.seq.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if cursor is not None:
        statement = statement.where(History.seq < read_cursor(cursor, _SORT)[1])
    found: Any = connection.execute(statement)
    rows = [HistoryRow(*row) for row in found]
    is_more = len(rows) > limit
    return HistoryPage(kind, tuple(rows[:limit]), write_cursor(_SORT, "", rows[limit - 1].seq) if is_more else None)
