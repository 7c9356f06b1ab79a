"""Lists of items for one caller: everything goes through `item_access`, page by page, without totals.

By due date: one LIMIT branch for each reader key, kind and openness over the index of `item_access`, joined by
UNION ALL, doubles removed. Other orders walk the index of `items` and probe the key. One statement a page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Select,
    String,
    bindparam,
    case,
    exists,
    false,
    func,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.item import Item, ItemAccess, ItemClock
from app.models.organisation import Department, Person
from app.policy.access import NO_DUE
from app.queries.cursor import Key, read_cursor, read_date, write_cursor
from app.queries.listing.conditions import ItemFilter, is_overdue, make_conditions

#: due: nearest first, without a date last; -due: farthest first, without a date last all the same; title: by pinyin;
#: created, id: in the order of entry; "-": backwards.
SORTS = ("due", "-due", "title", "-title", "created", "-created", "id", "-id")
LIMIT_MAX = 200

__all__ = [
    "LIMIT_MAX",
    "SORTS",
    "ItemFilter",
    "ItemPage",
    "ItemRow",
    "is_overdue",
    "is_readable",
    "list_items",
    "select_rows",
]


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


def select_rows(today: date | BindParameter[date]) -> Select[*tuple[Any, ...]]:
    """Return the statement that fills ItemRow, without a condition; `today` is a date or a parameter."""
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


#: The readers of whoever asks, for statements that are built once.
READERS: BindParameter[Any] = bindparam("readers", expanding=True)


def is_readable(readers: Sequence[Any] | BindParameter[Any], item_id: Any = Item.id) -> ColumnElement[bool]:  # noqa: ANN401  # a column
    """Return the condition that one of `readers` (or of the parameter `READERS`) may read the item of the row.

    `item_id` is the column that names it, where that is not the item's own.
    """
    given = readers if isinstance(readers, BindParameter) else tuple(readers)
    return exists().where(ItemAccess.item_id == item_id, ItemAccess.reader.in_(given))


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
    place = None if after is None else _read_place(after, sort)
    if _is_plain(wanted):
        statement = _build_plain(len(readers), wanted, sort, None if place is None else place.is_behind_dates)
        values: dict[str, Any] = {f"reader_{number}": reader for number, reader in enumerate(readers)}
        values |= {"today": today, "limit": limit + 1}
        if place is not None:
            values |= {"place_key": place.key, "place_id": place.id}
        found = connection.execute(statement, values)
    else:
        found = connection.execute(_build(readers, today, wanted, sort, limit + 1, place))
    rows = [ItemRow(*row) for row in found.all()]
    more = rows[limit - 1] if len(rows) > limit else None
    return ItemPage(tuple(rows[:limit]), None if more is None else write_cursor(sort, _value(more, sort), more.id))


@dataclass(frozen=True, slots=True)
class _Place:
    """The row behind which a page begins: its key (a date, or a title's sort key) and id, as values or parameters."""

    key: Any
    id: Any
    is_behind_dates: bool


def _read_place(after: Key, sort: str) -> _Place:
    if not sort.endswith("due"):
        return _Place(after[0], after[1], is_behind_dates=False)
    due_on = read_date(after[0])
    return _Place(due_on, after[1], is_behind_dates=due_on == NO_DUE)


def _is_plain(wanted: ItemFilter) -> bool:
    """Whether kind, openness and archive alone restrict the list, as mostly: then one statement serves many."""
    return wanted == ItemFilter(kinds=wanted.kinds, is_open=wanted.is_open, is_archived=wanted.is_archived)


@lru_cache(maxsize=500)
def _build_plain(reader_count: int, wanted: ItemFilter, sort: str, is_behind_dates: bool | None) -> Select[Any]:  # noqa: FBT001  # part of what tells statements apart; None: the first page
    """Return the statement of a plain list with parameters; building it takes longer than reading its rows."""
    readers = [bindparam(f"reader_{number}", type_=String) for number in range(reader_count)]
    key: Any = bindparam("place_key", type_=Date if sort.endswith("due") else String)
    place = None if is_behind_dates is None else _Place(key, bindparam("place_id", type_=BigInteger), is_behind_dates)
    return _build(readers, bindparam("today", type_=Date), wanted, sort, bindparam("limit", type_=BigInteger), place)


def _build(
    readers: Sequence[Any], today: Any, wanted: ItemFilter, sort: str, limit: Any, place: _Place | None  # noqa: ANN401  # values or parameters
) -> Select[Any]:  # fmt: skip
    if sort.endswith("due"):
        page = _page_by_due(readers, today, wanted, sort, limit, place)
        return select_rows(today).join(page, page.c.item_id == Item.id).order_by(*_order_due(page.c, sort))
    page = _page_by_index(readers, today, wanted, sort, limit, place)
    return select_rows(today).join(page, page.c.id == Item.id).order_by(*_order(sort))


def _value(row: ItemRow, sort: str) -> str:
    if sort.endswith("due"):
        return (row.due_on or NO_DUE).isoformat()
    return row.sort_key if sort.endswith("title") else ""


def _page_by_due(
    readers: Sequence[Any], today: Any, wanted: ItemFilter, sort: str, limit: Any, after: _Place | None  # noqa: ANN401  # values or parameters
) -> Any:  # noqa: ANN401  # a subquery  # fmt: skip
    conditions = list(make_conditions(today, wanted, by_access=True))
    branches = []
    for reader in readers:
        for kind in wanted.kinds:
            for is_open in wanted.openness:
                for dated, place in _stretches(sort, after):
                    branch = select(ItemAccess.item_id, ItemAccess.due_key).where(
                        ItemAccess.reader == reader, ItemAccess.kind == kind, ItemAccess.is_open == is_open
                    )
                    if wanted.needs_item:
                        branch = branch.join(Item, Item.id == ItemAccess.item_id)
                    if wanted.needs_clock:
                        branch = branch.join(ItemClock, ItemClock.item_id == ItemAccess.item_id)
                    branch = branch.where(*dated, *place, *conditions)
                    columns = (ItemAccess.due_key, ItemAccess.item_id)
                    backwards = tuple(column.desc() for column in columns)
                    ordered = branch.order_by(*(columns if sort == "due" else backwards)).limit(limit)
                    branches.append(select(ordered.subquery()))
    every = union_all(*branches).subquery()
    # Grouping removes doubles as DISTINCT would, and lets PostgreSQL order by more than what is selected.
    picked = select(every.c.item_id, every.c.due_key).group_by(every.c.item_id, every.c.due_key)
    return picked.order_by(*_order_due(every.c, sort)).limit(limit).subquery()


def _stretches(
    sort: str, after: _Place | None
) -> Iterator[tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]]:
    """Yield the stretches of the index to walk, each with the place behind which it begins.

    Upwards, no date stands last by itself; backwards the dated ones come first, then those without a date.
    """
    key = tuple_(ItemAccess.due_key, ItemAccess.item_id)
    place = None if after is None else tuple_(after.key, after.id)
    if sort == "due":
        yield [], [] if place is None else [key > place]
        return
    is_behind_dates = after is not None and after.is_behind_dates
    if not is_behind_dates:
        yield [ItemAccess.due_key < NO_DUE], [] if place is None else [key < place]
    yield [ItemAccess.due_key == NO_DUE], [key < place] if place is not None and is_behind_dates else []


def _order_due(columns: Any, sort: str) -> tuple[ColumnElement[Any], ...]:  # noqa: ANN401  # a subquery's columns
    if sort == "due":
        return columns.due_key, columns.item_id
    return case((columns.due_key == NO_DUE, 1), else_=0), columns.due_key.desc(), columns.item_id.desc()


def _page_by_index(
    readers: Sequence[Any], today: Any, wanted: ItemFilter, sort: str, limit: Any, after: _Place | None  # noqa: ANN401  # values or parameters
) -> Any:  # noqa: ANN401  # a subquery  # fmt: skip
    by_title, backwards = sort.endswith("title"), sort.startswith("-")
    conditions = [is_readable(readers), *make_conditions(today, wanted, by_access=False)]
    if after is not None:
        key = tuple_(Item.sort_key, Item.id) if by_title else tuple_(Item.id)
        place = tuple_(after.key, after.id) if by_title else tuple_(after.id)
        conditions.append(key < place if backwards else key > place)
    # Titles are indexed within a kind, ids over all of them.
    groups: list[tuple[str, ...]] = [(kind,) for kind in wanted.kinds] if by_title else [wanted.kinds]
    branches = []
    for kinds in groups:
        branch = select(Item.id).where(Item.kind == kinds[0] if len(kinds) == 1 else Item.kind.in_(kinds), *conditions)
        if wanted.needs_clock:
            branch = branch.join(ItemClock, ItemClock.item_id == Item.id)
        branches.append(select(branch.order_by(*_order(sort)).limit(limit).subquery()))
    every = union_all(*branches).subquery()
    picked = select(Item.id).join(every, every.c.id == Item.id)
    return picked.order_by(*_order(sort)).limit(limit).subquery()


def _order(sort: str) -> list[ColumnElement[Any]]:
    columns: list[ColumnElement[Any]] = [Item.sort_key, Item.id] if sort.endswith("title") else [Item.id]  # type: ignore[list-item]
    return [column.desc() for column in columns] if sort.startswith("-") else columns
