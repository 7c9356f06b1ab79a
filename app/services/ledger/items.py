"""Turns the rows of a ledger into items to enter, and into what changes of items that exist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.text import clean, sort_key
from app.ledger.columns import (
    DEFAULT_CURRENCY,
    DEFAULT_STATE,
    find_provided,
    identify,
    is_due,
    read_details,
    read_due,
    read_raw,
)
from app.ledger.rows import Ledger, LedgerRow
from app.models.item import Item, Project, Support, Task
from app.services.entering import NewItem, search_text
from app.services.ledger.check import Known
from app.services.ledger.departments import Departments
from app.services.ledger.records import Stored, find_progress_on
from app.services.reentering import Reentry
from workflows.calendar import Calendar

_DETAILS: dict[str, Any] = {"project": Project.__table__, "task": Task.__table__}
_COLUMNS = (
    Item.id, Item.kind, Item.title, Item.state, Item.owner_department_id, Item.parent_id, Item.due_on,
    Item.original_due_on, Item.urgency, Item.currency, Item.confidential, Item.last_progress_at, Item.external_key,
)  # fmt: skip


@dataclass(slots=True)
class Existing:
    """An item as it stands: columns of `items`, of its kind's table, its supporting departments."""

    values: Mapping[str, Any]
    details: Mapping[str, Any] = field(default_factory=dict)
    supports: frozenset[int] = frozenset()


def read_existing(connection: Connection, item_ids: Sequence[int]) -> dict[int, Existing]:
    """Return the items with these ids, locked in the order of their ids until the unit of work ends."""
    if not item_ids:
        return {}
    locked = select(*_COLUMNS).where(Item.id.in_(item_ids)).order_by(Item.id).with_for_update(of=Item)
    found = {row["id"]: Existing(dict(row)) for row in connection.execute(locked).mappings()}
    for table in _DETAILS.values():
        for row in connection.execute(select(table).where(table.c.item_id.in_(item_ids))).mappings():
            found[row["item_id"]].details = dict(row)
    supports: dict[int, set[int]] = {}
    for item_id, department_id in connection.execute(
        select(Support.item_id, Support.department_id).where(Support.item_id.in_(item_ids))
    ):
        supports.setdefault(item_id, set()).add(department_id)
    for item_id, departments in supports.items():
        found[item_id].supports = frozenset(departments)
    return found


def read_confidential(connection: Connection, item_ids: Sequence[int]) -> frozenset[int]:
    """Return which of the items are confidential: what stands below them is too."""
    statement = select(Item.id).where(Item.id.in_(item_ids), Item.confidential)
    return frozenset(connection.execute(statement).scalars())


@dataclass
class Planner:
    """Decides for one import what each item becomes. `escalate_from` None: clocks count from their own dates."""

    ledger: Ledger
    departments: Departments
    known: Known
    calendar: Calendar
    escalate_from: date | None
    file_name: str

    def __post_init__(self) -> None:
        self.provided = find_provided(self.ledger)
        self._stated = "state" in self.ledger.columns

    def plan_new(self, rows: tuple[LedgerRow, ...], confidential: frozenset[int]) -> NewItem:
        """Return the item that the rows describe; the last one is its present state."""
        row = rows[-1]
        identity = identify(row, own=self.ledger.mapping.own)
        owner = self.departments.find(row.lead)
        parent_id = self.known.find_parent(row)
        details = read_details(row, self.provided)
        if row.kind == "project":
            details["template"] = "none"  # its phases are the source's own
        supports = self.departments.find_all(row.supports) - {owner}
        currency = row.currency or (DEFAULT_CURRENCY if details.get("budget_fen") is not None else None)
        return NewItem(
            kind=row.kind,
            title=row.title,
            owner_department_id=owner,
            parent_id=parent_id,
            due_on=read_due(rows),
            urgency=row.urgency or "normal",
            confidential=parent_id in confidential,
            currency=currency,
            external_source=identity.source,
            external_key=identity.key,
            state=row.state or DEFAULT_STATE,
            details=details,
            supports=[(department_id, None, None) for department_id in sorted(supports)],
            anchor_at=self._anchor(rows),
            escalate_from=self.escalate_from,
            note=self._note(row),
        )

    def _anchor(self, rows: Sequence[LedgerRow]) -> datetime | None:
        """Return when the last progress was, as the source tells it: the beginning of that day in the city."""
        day = find_progress_on(rows, {}, self.provided)
        received_on = rows[-1].received_on
        if day is None and received_on is not None and is_due(received_on):
            day = received_on
        return None if day is None else self.calendar.day_start(day)

    def _note(self, row: LedgerRow) -> dict[str, Any]:
        note: dict[str, Any] = {"file": self.file_name, "mapping": self.ledger.mapping.name}
        if row.as_of is not None:
            return note | {"as_of": row.as_of}
        more = read_raw(row) | ({"reason": row.reason} if row.reason else {})
        return note | ({"more": more} if more else {})

    def plan_change(
        self, rows: tuple[LedgerRow, ...], item: Existing, stored: Stored, confidential: frozenset[int]
    ) -> Reentry | None:
        """Return what the rows change of an item, None when nothing; an older report than the last changes nothing.

        An empty cell takes no lead, project, due date or urgency away; a state counts only from a column.
        """
        row = rows[-1]
        if row.as_of is not None and stored and row.as_of < max(stored):
            return None
        entry = Reentry(item.values["id"], note=self._note(row))
        values = self._changed_values(row, item, confidential)
        due_on = row.due_on if "due_on" in self.provided else None
        if due_on is None and item.values["due_on"] is None and "due_on" not in self.provided:
            due_on = read_due(rows)
        if due_on is not None and is_due(due_on) and due_on != item.values["due_on"]:
            values |= {"due_on": due_on, "due_source": "typed", "due_basis": None}
            if item.values["original_due_on"] is None:
                values["original_due_on"] = due_on
        details = {k: v for k, v in read_details(row, self.provided).items() if v != item.details[k]}
        entry.values, entry.details = values, details
        shown: dict[str, tuple[Any, Any]] = {k: (item.details[k], v) for k, v in details.items()}
        shown |= {k: (item.values[k], v) for k, v in values.items() if k in item.values}
        self._change_supports(row, item, entry, shown)
        if self._stated and row.state is not None and row.state != item.values["state"]:
            entry.stated = row.state
            shown["state"] = (item.values["state"], row.state)
        day = find_progress_on(rows, stored, self.provided)
        if day is not None:
            at, last = self.calendar.day_start(day), item.values["last_progress_at"]
            if last is None or at > last:
                entry.progress_at = at
                shown["last_progress_at"] = (last, at)
        if not shown:
            return None
        entry.before = {k: old for k, (old, _) in shown.items()}
        entry.after = {k: new for k, (_, new) in shown.items()}
        return entry

    def _changed_values(self, row: LedgerRow, item: Existing, confidential: frozenset[int]) -> dict[str, Any]:
        new: dict[str, Any] = {"title": clean(row.title)}
        if "lead" in self.provided:
            new["owner_department_id"] = self.departments.find(row.lead, {item.values["owner_department_id"]})
        if "project_key" in self.provided:
            new["parent_id"] = self.known.find_parent(row)
        for name in ("urgency", "currency"):
            if name in self.provided:
                new[name] = getattr(row, name)
        changed = {k: v for k, v in new.items() if v is not None and v != item.values[k]}
        if "title" in changed:
            title = changed["title"]
            changed |= {"sort_key": sort_key(title), "search_text": search_text(title, item.values["external_key"])}
        if changed.get("parent_id") in confidential and not item.values["confidential"]:
            changed["confidential"] = True
        return changed

    def _change_supports(
        self, row: LedgerRow, item: Existing, entry: Reentry, shown: dict[str, tuple[Any, Any]]
    ) -> None:
        if "supports" not in self.provided:
            return
        owner = entry.values.get("owner_department_id", item.values["owner_department_id"])
        supports = self.departments.find_all(row.supports, item.supports) - {owner}
        if supports != item.supports:
            entry.supports = supports
            shown["supports"] = (sorted(item.supports), sorted(supports))
