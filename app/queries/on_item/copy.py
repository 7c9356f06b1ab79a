"""Copies for information: those of one item, and those that one person got; withdrawn ones are not shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.item import Item
from app.models.organisation import Person
from app.models.remark import ItemCopy
from app.policy.access import can_read
from app.queries.cursor import read_cursor, write_cursor
from app.queries.item import is_readable

_SORT = "copy"
_Sender = aliased(Person, name="copy_sender")
_Behalf = aliased(Person, name="copy_behalf")


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A copy: of which item, for whom, from whom, when it was read.

    `read_at` None: unread, or not for this reader to know (`knows_reading` False).
    """

    id: int
    item_id: int
    person_id: int
    person_name: str
    sent_by: int
    sent_by_name: str
    on_behalf_of_name: str | None
    note: str | None
    sent_at: datetime
    read_at: datetime | None
    kind: str
    number: str | None
    title: str
    is_open: bool
    knows_reading: bool = True


@dataclass(frozen=True, slots=True)
class CopyPage:
    """One page, the newest first, and the cursor behind it."""

    items: tuple[CopyRow, ...]
    next_cursor: str | None


def select_copies() -> Select[*tuple[Any, ...]]:
    """Return the statement of copies that were not withdrawn, the newest first."""
    return (
        select(
            ItemCopy.id, ItemCopy.item_id, ItemCopy.person_id, Person.name, ItemCopy.sent_by, _Sender.name,
            _Behalf.name, ItemCopy.note, ItemCopy.sent_at, ItemCopy.read_at, Item.kind, Item.number, Item.title,
            Item.closed_at.is_(None),
        )
        .join(Item, Item.id == ItemCopy.item_id)
        .join(Person, Person.id == ItemCopy.person_id)
        .join(_Sender, _Sender.id == ItemCopy.sent_by)
        .outerjoin(_Behalf, _Behalf.id == ItemCopy.on_behalf_of)
        .where(ItemCopy.withdrawn_at.is_(None))
        .order_by(ItemCopy.id.desc())
    )  # fmt: skip


def list_copies_of(
    connection: Connection, readers: Sequence[str], item_id: int, person_id: int, *, knows_all: bool, limit: int = 50,
    cursor: str | None = None,
) -> CopyPage:  # fmt: skip
    """Return a page of an item's copies. Two statements.

    Whether a copy was read is for its receiver, its sender and whoever sends copies of the item (`knows_all`).
    NotFoundError when none of `readers` may read the item.
    """
    if not can_read(connection, readers, item_id):
        raise NotFoundError
    return _page(connection, select_copies().where(ItemCopy.item_id == item_id), person_id, limit, cursor, knows_all)


def list_copies_to(
    connection: Connection, readers: Sequence[str], person_id: int, *, is_unread: bool | None = None, limit: int = 50,
    cursor: str | None = None,
) -> CopyPage:  # fmt: skip
    """Return a page of the copies that a person got and may still read. One statement."""
    statement = select_copies().where(ItemCopy.person_id == person_id, is_readable(readers, ItemCopy.item_id))
    if is_unread is not None:
        statement = statement.where(ItemCopy.read_at.is_(None) if is_unread else ItemCopy.read_at.is_not(None))
    return _page(connection, statement, person_id, limit, cursor, knows_all=True)


def _page(
    connection: Connection, statement: Select[*tuple[Any, ...]], person_id: int, limit: int, cursor: str | None,
    knows_all: bool,  # noqa: FBT001  # of a function of this module
) -> CopyPage:  # fmt: skip
    if cursor is not None:
        statement = statement.where(ItemCopy.id < read_cursor(cursor, _SORT)[1])
    rows = [hide_reading(CopyRow(*row), person_id, knows_all=knows_all)
            for row in connection.execute(statement.limit(limit + 1))]  # fmt: skip
    more = write_cursor(_SORT, "", rows[limit - 1].id) if len(rows) > limit else None
    return CopyPage(tuple(rows[:limit]), more)


def hide_reading(row: CopyRow, person_id: int, *, knows_all: bool) -> CopyRow:
    """Return the copy without what `person_id` is not to know of its reading."""
    if knows_all or person_id in (row.person_id, row.sent_by):
        return row
    return replace(row, read_at=None, knows_reading=False)


def find_copy(connection: Connection, person_id: int, copy_id: int) -> CopyRow:
    """Return a copy that a person got; NotFoundError when they got no such copy."""
    statement = select_copies().where(ItemCopy.id == copy_id, ItemCopy.person_id == person_id)
    row: Any = connection.execute(statement).first()
    if row is None:
        raise NotFoundError("没有这份抄送，或您无权查看。", "No such copy, or not for you to see.")
    return CopyRow(*row)
