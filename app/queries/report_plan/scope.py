"""Of what a paper can tell: a department, an item of some kinds, a fund; found by name, number or title."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.models.fund import Fund
from app.models.item import Item
from app.models.organisation import Department
from app.queries.department import list_departments
from app.queries.item import ItemFilter, is_readable, list_items
from workflows.words import Text

FOUND_MAX = 12


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """Something of which a paper can tell: its id, what it is called, its number (an item's, a code) or nothing."""

    id: int
    name: Text
    number: str = ""


def list_scope_departments(connection: Connection, today: date) -> list[ScopeRow]:
    """Return the departments of the day, by pinyin; one statement."""
    return [
        ScopeRow(row.id, Text(row.name, row.name_en or row.name), row.code)
        for row in list_departments(connection, today)
    ]


def list_scope_funds(connection: Connection) -> list[ScopeRow]:
    """Return every special fund, by code; one statement."""
    rows = connection.execute(select(Fund.id, Fund.name, Fund.name_en, Fund.code).order_by(Fund.code, Fund.id))
    return [ScopeRow(row.id, Text(row.name, row.name_en or row.name), row.code) for row in rows]


def find_scope_items(
    connection: Connection, readers: Sequence[str], today: date, kinds: Sequence[str], words: str
) -> list[ScopeRow]:
    """Return readable items of `kinds` in whose number or title the words occur, at most FOUND_MAX."""
    wanted = ItemFilter(kinds=tuple(kinds), words=words)
    page = list_items(connection, readers, today, wanted, sort="-created", limit=FOUND_MAX)
    return [ScopeRow(row.id, Text(row.title, row.title), row.number or "") for row in page.items]


def name_scope(connection: Connection, readers: Sequence[str], scope: str, scope_id: int) -> ScopeRow | None:
    """Return what a scope is called; None when there is no such thing, or none that `readers` may read."""
    if scope == "department":
        found = connection.execute(
            select(Department.name, Department.name_en, Department.code).where(Department.id == scope_id)
        ).first()
        return None if found is None else ScopeRow(scope_id, Text(found[0], found[1] or found[0]), found[2])
    if scope == "fund":
        found = connection.execute(select(Fund.name, Fund.name_en, Fund.code).where(Fund.id == scope_id)).first()
        return None if found is None else ScopeRow(scope_id, Text(found[0], found[1] or found[0]), found[2])
    row = connection.execute(select(Item.title, Item.number).where(Item.id == scope_id, is_readable(readers))).first()
    return None if row is None else ScopeRow(scope_id, Text(row.title, row.title), row.number or "")


def find_item_kind(connection: Connection, readers: Sequence[str], item_id: int) -> str | None:
    """Return the kind of an item; None when `readers` may not read it."""
    return connection.execute(select(Item.kind).where(Item.id == item_id, is_readable(readers))).scalar_one_or_none()
