"""Reads items as rows of a ledger in our own format; importing them again proposes no change.

The key is the outside one where there is one, else our own reference. The reporting date and what only a snapshot
keeps are written where the last snapshot still tells how the item stands.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from app.core.text import fold
from app.ledger.columns import DETAILS, EXTRAS, SNAPSHOT, write_reference
from app.ledger.fields import FIELDS
from app.ledger.rows import LedgerRow
from app.models.item import Item, Project, Support, Task
from app.models.ledger import ProgressSnapshot
from app.models.organisation import Department, DepartmentName
from app.queries.item import is_readable

KINDS = ("project", "task")
_BATCH = 500
_ITEM = (
    Item.id, Item.kind, Item.title, Item.state, Item.parent_id, Item.owner_department_id, Item.due_on, Item.urgency,
    Item.currency, Item.external_source, Item.external_key, Item.created_at,
)  # fmt: skip
_TABLES: dict[str, Any] = {"project": Project.__table__, "task": Task.__table__}
_DATES = frozenset({"received_on"})


@dataclass
class _Around:
    """What the rows of one batch are made with."""

    keys: Mapping[int, str]
    parents: Mapping[int, str]
    departments: Mapping[int, str]
    details: dict[int, Mapping[str, Any]]
    supports: dict[int, list[str]]
    snapshots: dict[int, Mapping[str, Any]]


def list_ledger_rows(
    connection: Connection, readers: Sequence[str], *, kinds: Sequence[str] = KINDS
) -> Iterator[LedgerRow]:
    """Yield the items of `kinds` that one of `readers` may read, projects first, then by id."""
    keys = _choose_keys(connection, readers, kinds)
    departments = _name_departments(connection)
    for kind in (kind for kind in KINDS if kind in kinds):
        after = 0
        while True:
            statement = select(*_ITEM).where(Item.kind == kind, Item.id > after, is_readable(readers))
            items = connection.execute(statement.order_by(Item.id).limit(_BATCH)).mappings().all()
            if not items:
                break
            after = items[-1]["id"]
            around = _read_around(connection, kind, items, keys, departments)
            for item in items:
                yield _make_row(item, around)


def _choose_keys(connection: Connection, readers: Sequence[str], kinds: Sequence[str]) -> dict[int, str]:
    """Return a key for each row, unique in the file: the outside key, else our own reference."""
    statement = select(Item.id, Item.external_key, Item.created_at).where(Item.kind.in_(kinds), is_readable(readers))
    keys: dict[int, str] = {}
    taken: set[str] = set()
    for item_id, external_key, created_at in connection.execute(statement.order_by(Item.id)):
        if external_key is None or external_key in taken:
            keys[item_id] = write_reference(item_id, created_at)
        else:
            keys[item_id] = external_key
        taken.add(keys[item_id])
    return keys


def _name_departments(connection: Connection) -> dict[int, str]:
    """Return what each department is called in a file: its name, or its code where the name does not tell it."""
    rows = connection.execute(select(Department.id, Department.code, Department.name)).all()
    named = connection.execute(select(DepartmentName.folded, DepartmentName.department_id).distinct())
    meant = Counter(row[0] for row in named) + Counter(fold(row[1]) for row in rows if fold(row[1]) != fold(row[2]))
    return {row[0]: row[2] if meant[fold(row[2])] == 1 else row[1] for row in rows}


def _read_around(
    connection: Connection, kind: str, items: Sequence[Mapping[Any, Any]], keys: Mapping[int, str],
    departments: Mapping[int, str],
) -> _Around:  # fmt: skip
    ids = [item["id"] for item in items]
    table = _TABLES[kind]
    details = connection.execute(select(table).where(table.c.item_id.in_(ids))).mappings()
    supports: dict[int, list[str]] = {}
    pairs = select(Support.item_id, Support.department_id).where(Support.item_id.in_(ids))
    for item_id, department_id in connection.execute(pairs.order_by(Support.item_id, Support.department_id)):
        supports.setdefault(item_id, []).append(departments[department_id])
    above = sorted({item["parent_id"] for item in items} - {None})
    parents = connection.execute(select(Item.id, Item.created_at).where(Item.id.in_(above)))
    return _Around(
        keys=keys,
        parents={row[0]: keys.get(row[0]) or write_reference(row[0], row[1]) for row in parents},
        departments=departments,
        details={row["item_id"]: dict(row) for row in details},
        supports=supports,
        snapshots=_read_last_snapshots(connection, ids),
    )


def _read_last_snapshots(connection: Connection, ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    table = ProgressSnapshot.__table__
    last = (
        select(table.c.item_id, func.max(table.c.as_of_on).label("as_of_on"))
        .where(table.c.item_id.in_(ids))
        .group_by(table.c.item_id)
        .subquery()
    )
    statement = select(table).join(
        last, (last.c.item_id == table.c.item_id) & (last.c.as_of_on == table.c.as_of_on)
    )  # fmt: skip
    return {row["item_id"]: dict(row) for row in connection.execute(statement).mappings()}


def _make_row(item: Mapping[Any, Any], around: _Around) -> LedgerRow:
    item_id, kind = item["id"], item["kind"]
    details = around.details[item_id]
    values: dict[str, Any] = {}
    for name, column in DETAILS[kind].items():
        value = details[column]
        values[FIELDS[name].attribute] = Decimal(value) if name == "percent" and value is not None else value
    snapshot = around.snapshots.get(item_id)
    if snapshot is not None and _is_current(item, kind, details, snapshot):
        values |= _read_report(snapshot)
    return LedgerRow(
        kind=kind,
        key=around.keys[item_id],
        title=item["title"],
        lead=around.departments.get(item["owner_department_id"]),
        supports=tuple(around.supports.get(item_id, ())),
        project_key=around.parents.get(item["parent_id"]),
        state=item["state"],
        urgency=item["urgency"],
        due_on=item["due_on"],
        currency=item["currency"],
        external_source=item["external_source"],
        external_key=item["external_key"],
        **values,
    )


def _is_current(item: Mapping[Any, Any], kind: str, details: Mapping[str, Any], snapshot: Mapping[str, Any]) -> bool:
    """Whether the item stands as its last snapshot says; a snapshot that names no state does not speak of it."""
    columns = [DETAILS[kind][name] for name in SNAPSHOT if name in DETAILS[kind]]
    is_same_state = snapshot["state"] in (None, item["state"])
    return is_same_state and all(details[column] == snapshot[column] for column in columns)


def _read_report(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Return what only a snapshot keeps, by LedgerRow's attributes."""
    raw = snapshot["raw"] or {}
    report = {"as_of": snapshot["as_of_on"], "light_reported": snapshot["reported_light"], "reason": snapshot["text"]}
    names = [FIELDS[name].attribute for name in EXTRAS if name not in _DATES]
    return report | {name: raw[name] for name in names if name in raw}
