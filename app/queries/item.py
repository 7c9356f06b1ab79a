"""Lists of items for one caller: everything goes through `item_access`, page by page, without totals.

By due date: one LIMIT branch for each reader key, kind and openness over the index of `item_access`, joined by
UNION ALL, doubles removed. Other orders walk the index of `items` and probe the key. One statement a page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, tuple_, union_all
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.text import fold
from app.models.item import KINDS, Item, ItemAccess, ItemClock, Support
from app.models.organisation import Department, Person
from app.policy.access import NO_DUE
from app.queries.cursor import Key, read_cursor, read_date, write_cursor
from app.queries.predicate import OVERDUE, Day

#: due: nearest first, without a date last; title: by pinyin; created, id: in the order of entry; "-": backwards.
SORTS = ("due", "title", "-title", "created", "-created", "id", "-id")
LIMIT_MAX = 200
_WORDS_MAX = 10


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What a list shows; None or empty does not restrict.

    `department_id` takes in the departments below it, as lead or support. `words`: every one must occur.
    """

    kinds: tuple[str, ...] = KINDS
    states: tuple[str, ...] = ()
    is_open: bool | None = None
    department_id: int | None = None
    assignee_id: int | None = None
    lights: tuple[str, ...] = ()
    is_overdue: bool | None = None
    parent_id: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as lists show it; the words for its state come from its workflow's version."""

    id: int
    kind: str
    number: str | None
    title: str
    state: str
    workflow_version: int
    version: int
    due_on: date | None
    original_due_on: date | None
    due_source: str
    urgency: str
    confidential: bool
    parent_id: int | None
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    assignee_id: int | None
    assignee_name: str | None
    created_at: datetime
    closed_at: datetime | None
    last_progress_at: datetime | None
    light: str
    light_rule: str
    rung: int
    rung_cause: str | None
    is_overdue: bool
    sort_key: str


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One page, and the cursor behind it; None on the last one."""

    items: tuple[ItemRow, ...]
    next_cursor: str | None


_Assignee = aliased(Person, name="assignee")


def is_overdue(today: date) -> ColumnElement[bool]:
    """Return the SQL twin of "open and its due date has passed"."""
    return OVERDUE.where(Day(today, today))


def select_rows(today: date) -> Select[*tuple[Any, ...]]:
    """Return the statement that fills ItemRow, without a condition."""
    return (
        select(
            Item.id, Item.kind, Item.number, Item.title, Item.state, Item.workflow_version, Item.version, Item.due_on,
            Item.original_due_on, Item.due_source, Item.urgency, Item.confidential, Item.parent_id,
            Item.owner_department_id, Department.name, Department.name_en, Item.assignee_id, _Assignee.name,
            Item.created_at, Item.closed_at, Item.last_progress_at, ItemClock.light, ItemClock.light_rule,
            ItemClock.rung, ItemClock.rung_cause, func.coalesce(is_overdue(today), false()), Item.sort_key,
        )
        .join(ItemClock, ItemClock.item_id == Item.id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .outerjoin(_Assignee, _Assignee.id == Item.assignee_id)
    )  # fmt: skip


def is_readable(readers: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that one of `readers` may read the item of the row."""
    return exists().where(ItemAccess.item_id == Item.id, ItemAccess.reader.in_(tuple(readers)))


def list_items(
    connection: Connection,
    readers: Sequence[str],
    today: date,
    wanted: ItemFilter,
    *,
    sort: str = "due",
    limit: int = 50,
    cursor: str | None = None,
) -> ItemPage:
    """Return one page of what a caller with `readers` may read; InvalidError for a cursor that is not of this list."""
    after = None if cursor is None else read_cursor(cursor, sort)
    if sort == "due":
        page = _page_by_due(readers, today, wanted, limit + 1, after)
        statement = select_rows(today).join(page, page.c.item_id == Item.id).order_by(page.c.due_key, page.c.item_id)
    else:
        page = _page_by_index(readers, today, wanted, sort, limit + 1, after)
        statement = select_rows(today).join(page, page.c.id == Item.id).order_by(*_order(sort))
    rows = [ItemRow(*row) for row in connection.execute(statement)]
    more = rows[limit - 1] if len(rows) > limit else None
    return ItemPage(tuple(rows[:limit]), None if more is None else write_cursor(sort, _value(more, sort), more.id))


def _value(row: ItemRow, sort: str) -> str:
    if sort == "due":
        return (row.due_on or NO_DUE).isoformat()
    return row.sort_key if sort.endswith("title") else ""


def _page_by_due(readers: Sequence[str], today: date, wanted: ItemFilter, limit: int, after: Key | None) -> Any:  # noqa: ANN401  # a subquery
    conditions = list(_conditions(today, wanted, by_access=True))
    key = tuple_(ItemAccess.due_key, ItemAccess.item_id)
    if after is not None:
        conditions.append(key > tuple_(read_date(after[0]), after[1]))
    branches = []
    for reader in readers:
        for kind in wanted.kinds:
            for is_open in _openness(wanted):
                branch = select(ItemAccess.item_id, ItemAccess.due_key).where(
                    ItemAccess.reader == reader, ItemAccess.kind == kind, ItemAccess.is_open == is_open
                )
                if _needs_item(wanted):
                    branch = branch.join(Item, Item.id == ItemAccess.item_id)
                if wanted.lights:
                    branch = branch.join(ItemClock, ItemClock.item_id == ItemAccess.item_id)
                branch = branch.where(*conditions).order_by(ItemAccess.due_key, ItemAccess.item_id).limit(limit)
                branches.append(select(branch.subquery()))
    every = union_all(*branches).subquery()
    return (
        select(every.c.item_id, every.c.due_key).distinct().order_by(every.c.due_key, every.c.item_id).limit(limit)
    ).subquery()


def _openness(wanted: ItemFilter) -> tuple[bool, ...]:
    if wanted.is_overdue:
        return (True,)
    return (True, False) if wanted.is_open is None else (wanted.is_open,)


def _needs_item(wanted: ItemFilter) -> bool:
    return bool(wanted.states or wanted.words or wanted.department_id or wanted.assignee_id or wanted.parent_id)


def _page_by_index(
    readers: Sequence[str], today: date, wanted: ItemFilter, sort: str, limit: int, after: Key | None
) -> Any:  # noqa: ANN401  # a subquery
    by_title, backwards = sort.endswith("title"), sort.startswith("-")
    conditions = [is_readable(readers), *_conditions(today, wanted, by_access=False)]
    if after is not None:
        key = tuple_(Item.sort_key, Item.id) if by_title else tuple_(Item.id)
        place = tuple_(*after) if by_title else tuple_(after[1])
        conditions.append(key < place if backwards else key > place)
    # Titles are indexed within a kind, ids over all of them.
    groups: list[tuple[str, ...]] = [(kind,) for kind in wanted.kinds] if by_title else [wanted.kinds]
    branches = []
    for kinds in groups:
        branch = select(Item.id).where(Item.kind == kinds[0] if len(kinds) == 1 else Item.kind.in_(kinds), *conditions)
        if wanted.lights:
            branch = branch.join(ItemClock, ItemClock.item_id == Item.id)
        branches.append(select(branch.order_by(*_order(sort)).limit(limit).subquery()))
    every = union_all(*branches).subquery()
    picked = select(Item.id).join(every, every.c.id == Item.id)
    return picked.order_by(*_order(sort)).limit(limit).subquery()


def _order(sort: str) -> list[ColumnElement[Any]]:
    columns: list[ColumnElement[Any]] = [Item.sort_key, Item.id] if sort.endswith("title") else [Item.id]  # type: ignore[list-item]
    return [column.desc() for column in columns] if sort.startswith("-") else columns


def _conditions(today: date, wanted: ItemFilter, *, by_access: bool) -> Iterator[ColumnElement[bool]]:
    """Yield what the filter asks for; openness and dates from `item_access` where that is what is walked."""
    if not by_access and wanted.is_open is not None:
        yield Item.closed_at.is_(None) if wanted.is_open else Item.closed_at.is_not(None)
    if wanted.is_overdue is not None:
        overdue = and_(ItemAccess.is_open, ItemAccess.due_key < today) if by_access else is_overdue(today)
        yield overdue if wanted.is_overdue else ~func.coalesce(overdue, false())
    if wanted.states:
        yield Item.state.in_(wanted.states)
    if wanted.lights:
        yield ItemClock.light.in_(wanted.lights)
    if wanted.assignee_id is not None:
        yield Item.assignee_id == wanted.assignee_id
    if wanted.parent_id is not None:
        yield Item.parent_id == wanted.parent_id
    if wanted.department_id is not None:
        yield _concerns(wanted.department_id)
    for word in fold(wanted.words).split()[:_WORDS_MAX]:
        yield Item.search_text.contains(word, autoescape=True)


def _concerns(department_id: int) -> ColumnElement[bool]:
    below = select(Department.id).where(Department.id == department_id).cte("below", recursive=True)
    below = below.union(select(Department.id).join(below, Department.parent_id == below.c.id))
    ids = select(below.c.id)
    supported = exists().where(Support.item_id == Item.id, Support.department_id.in_(ids))
    return or_(Item.owner_department_id.in_(ids), supported)
