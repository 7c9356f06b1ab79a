"""Which department manages a fund, and how an item stands: what permissions and writes ask first."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError
from app.models.fund import Fund
from app.models.item import Item
from app.queries.item import is_readable


def list_managing(connection: Connection, fund_ids: Sequence[int]) -> dict[int, int]:
    """Return {fund id: managing department's id}."""
    rows = connection.execute(select(Fund.id, Fund.department_id).where(Fund.id.in_(tuple(fund_ids))))
    return {row.id: row.department_id for row in rows}


@dataclass(frozen=True, slots=True)
class Place:
    """What a step on an item rests on: its kind, state and version."""

    kind: str
    state: str
    version: int


def find_place(connection: Connection, readers: Sequence[str] | None, item_id: int) -> Place:
    """Return that of an item; NotFoundError when none of `readers` may read it (None: for who has just written it)."""
    statement = select(Item.kind, Item.state, Item.version).where(Item.id == item_id)
    if readers is not None:
        statement = statement.where(is_readable(readers))
    found = connection.execute(statement).first()
    if found is None:
        raise NotFoundError
    return Place(found.kind, found.state, found.version)
