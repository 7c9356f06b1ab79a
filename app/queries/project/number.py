"""Finds an item by what people call it: its number, or its running one."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.item import Item
from app.queries.item import is_readable


def find_by_number(connection: Connection, readers: Sequence[str], number: str) -> int | None:
    """Return the id of the readable item with this number; None when there is none."""
    statement = select(Item.id).where(Item.number == number, is_readable(readers))
    return connection.execute(statement).scalar_one_or_none()


def find_title(connection: Connection, readers: Sequence[str], item_id: int) -> str | None:
    """Return the title of a readable item; None when there is none."""
    statement = select(Item.title).where(Item.id == item_id, is_readable(readers))
    return connection.execute(statement).scalar_one_or_none()
