"""The archive: what one may read of it, and what is past its retention period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item
from app.models.organisation import Department, Person
from app.models.remark import ItemArchive
from app.queries.cursor import broken, read_cursor, write_cursor
from app.queries.item import is_readable

_SORT = "archive"
_Within = aliased(ItemArchive, name="within_archive")
#: What `read_state` is made of; joined by `join_archive`.
STATE_COLUMNS: tuple[Any, ...] = (
    ItemArchive.retention, ItemArchive.archived_at, func.coalesce(ItemArchive.number, _Within.number),
    ItemArchive.within_id, ItemArchive.keep_until_on, ItemArchive.unarchived_at, ItemArchive.unarchived_reason,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """An archived item; `keep_until_on` None: for ever. What is filed within another item is not listed by itself."""

    item_id: int
    kind: str
    item_number: str | None
    title: str
    department_name: str | None
    department_name_en: str | None
    closed_at: datetime
    number: str
    retention: str
    archived_at: datetime
    archived_by_name: str
    keep_until_on: date | None


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """One page, and the cursor behind it; None on the last one."""

    items: tuple[ArchiveRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """How an item stands in the archive; `number` is that of the item within which it was filed, if it was."""

    retention: str
    archived_at: datetime | None
    number: str | None
    within_id: int | None
    keep_until_on: date | None
    unarchived_at: datetime | None
    unarchived_reason: str | None

    @property
    def is_archived(self) -> bool:
        """Whether nobody writes to the item."""
        return self.archived_at is not None


def list_archived(
    connection: Connection, readers: Sequence[str], *, is_past_on: date | None = None, retention: str | None = None,
    limit: int = 50, cursor: str | None = None,
) -> ArchivePage:  # fmt: skip
    """Return a page of archived items, the last filed first. One statement; InvalidError for a broken cursor.

    With `is_past_on` those whose period had passed before that day, the earliest first: for the review that decides
    on their destruction.
    """
    archived = ItemArchive.archived_at
    statement = (
        select(
            Item.id, Item.kind, Item.number, Item.title, Department.name, Department.name_en, Item.closed_at,
            ItemArchive.number, ItemArchive.retention, archived, Person.name, ItemArchive.keep_until_on,
        )
        .join(Item, Item.id == ItemArchive.item_id)
        .join(Person, Person.id == ItemArchive.archived_by)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .where(archived.is_not(None), ItemArchive.number.is_not(None), is_readable(readers))
        .limit(limit + 1)
    )  # fmt: skip
    if retention is not None:
        statement = statement.where(ItemArchive.retention == retention)
    after = None if cursor is None else read_cursor(cursor, _SORT)
    if is_past_on is not None:
        kept = ItemArchive.keep_until_on
        statement = statement.where(ItemArchive.keep_until_on < is_past_on)
        statement = statement.order_by(ItemArchive.keep_until_on, ItemArchive.item_id)
        if after is not None:
            day = _read_day(after[0])
            statement = statement.where(or_(kept > day, and_(kept == day, ItemArchive.item_id > after[1])))
    else:
        statement = statement.order_by(archived.desc(), ItemArchive.item_id.desc())
        if after is not None:
            at = _read_instant(after[0])
            statement = statement.where(or_(archived < at, and_(archived == at, ItemArchive.item_id < after[1])))
    found: Any = connection.execute(statement)
    rows = [ArchiveRow(*row) for row in found]
    if len(rows) <= limit:
        return ArchivePage(tuple(rows), None)
    last = rows[limit - 1]
    place = last.keep_until_on if is_past_on is not None else last.archived_at
    return ArchivePage(tuple(rows[:limit]), write_cursor(_SORT, place.isoformat() if place else "", last.item_id))


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise broken() from None


def _read_instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise broken() from None
    if found.tzinfo is None:
        raise broken()
    return found


def join_archive(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return a statement over items with STATE_COLUMNS behind its own."""
    return (
        statement.add_columns(*STATE_COLUMNS)
        .outerjoin(ItemArchive, ItemArchive.item_id == Item.id)
        .outerjoin(_Within, _Within.item_id == ItemArchive.within_id)
    )


def read_state(values: Sequence[Any]) -> ArchiveState | None:
    """Return how an item stands in the archive, of STATE_COLUMNS; None where nothing was said of it."""
    return None if values[0] is None else ArchiveState(*values)
