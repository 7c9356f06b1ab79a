"""What a ledger's row says in the columns of items and of their snapshots; pure, no database."""

import hashlib
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.ledger.fields import FIELDS, ItemKind
from app.ledger.rows import Ledger, LedgerRow

#: Due dates outside are no dates to count from; the working calendar ends not far behind.
DUE_FIRST, DUE_LAST = date(1991, 1, 1), date(2099, 12, 31)
DEFAULT_STATE = "in_progress"
DEFAULT_CURRENCY = "CNY"

#: Our fields -> columns of the kind's own table.
DETAILS: dict[str, dict[str, str]] = {
    "project": {
        "description": "description",
        "category": "category",
        "place": "place",
        "start_on": "start_on",
        "forecast_on": "forecast_on",
        "budget": "budget_fen",
        "phase": "stage_text",
        "percent": "progress_pct",
        "reported_slip_days": "reported_slip_days",
    },
    "task": {
        "description": "requirement",
        "forecast_on": "forecast_on",
        "percent": "progress_pct",
        "source": "source_kind",
        "assignee_text": "assignee_text",
    },
}
#: An empty cell says nothing here: it takes neither lead nor due date away.
NEVER_EMPTIED = frozenset({"source_kind", "urgency", "currency"})
#: Our fields -> columns of a snapshot.
SNAPSHOT = {
    "state": "state",
    "phase": "stage_text",
    "forecast_on": "forecast_on",
    "budget": "budget_fen",
    "percent": "progress_pct",
    "reported_slip_days": "reported_slip_days",
    "light_reported": "reported_light",
    "reason": "text",
}
#: What has no column of its own is kept beside the raw texts, under the attribute's name.
EXTRAS = ("original_budget", "reported_budget_change", "reported_slip_latest_days", "url", "received_on")

_REFERENCE = re.compile(r"#([0-9]{1,18})-([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Identity:
    """How the item of a row is known: by the key of an outside system, or by our own reference."""

    source: str
    key: str
    item_id: int | None = None
    mark: str = ""


def write_reference(item_id: int, created_at: datetime) -> str:
    """Return our own reference to an item that has no outside key; another installation's does not fit it."""
    stamp = created_at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"#{item_id}-{hashlib.sha256(f'{item_id} {stamp}'.encode()).hexdigest()[:8]}"


def identify(row: LedgerRow, *, own: bool) -> Identity:
    """Return how the item of a row is known."""
    if own and row.external_source is None:
        found = _REFERENCE.fullmatch(row.key)
        if found is not None:
            return Identity("", row.key, int(found[1]), found[2])
    return Identity(row.external_source or own_source(row.kind), row.external_key or row.key)


def own_source(kind: str) -> str:
    """Return the name of the source of rows that name none."""
    return f"ledger.{kind}"


def find_provided(ledger: Ledger) -> frozenset[str]:
    """Return our fields about which the ledger says something, in a column or by its mapping."""
    always = {"currency"} if ledger.mapping.currency else set[str]()
    return frozenset(ledger.columns) | frozenset(ledger.mapping.defaults) | always


def round_pct(percent: Decimal | None) -> int | None:
    """Return a percentage as items keep it: whole, halves up."""
    return None if percent is None else int(percent.quantize(Decimal(1), ROUND_HALF_UP))


def get_value(row: LedgerRow, name: str) -> Any:  # noqa: ANN401  # the field's own type
    """Return what a row says in one of our fields, as columns keep it."""
    value = getattr(row, FIELDS[name].attribute)
    return round_pct(value) if name == "percent" else value


def read_details(row: LedgerRow, provided: AbstractSet[str]) -> dict[str, Any]:
    """Return the columns of the kind's own table about which the row says something."""
    found = {column: get_value(row, name) for name, column in DETAILS[row.kind].items() if name in provided}
    return {column: value for column, value in found.items() if value is not None or column not in NEVER_EMPTIED}


def read_due(rows: tuple[LedgerRow, ...]) -> date | None:
    """Return the due date of an item that enters: as stated, else its first forecast as the baseline."""
    stated = rows[-1].due_on
    if stated is not None:
        return stated if is_due(stated) else None
    forecasts = (row.forecast_on for row in rows)
    return next((day for day in forecasts if day is not None and is_due(day)), None)


def is_due(day: date) -> bool:
    """Whether clocks can count from `day`."""
    return DUE_FIRST <= day <= DUE_LAST


def read_snapshot(row: LedgerRow, provided: AbstractSet[str]) -> dict[str, Any]:
    """Return the columns of a row's snapshot; `raw` holds the texts of flagged cells and what has no column."""
    values = {column: get_value(row, name) if name in provided else None for name, column in SNAPSHOT.items()}
    values["raw"] = read_raw(row) or None
    return values


def read_raw(row: LedgerRow) -> dict[str, Any]:
    """Return the texts of flagged cells and what has no column of its own, as JSON keeps it."""
    extras = {FIELDS[name].attribute: getattr(row, FIELDS[name].attribute) for name in EXTRAS}
    found = {key: value.isoformat() if isinstance(value, date) else value for key, value in extras.items()}
    return {key: value for key, value in found.items() if value is not None} | dict(row.raw)


def merge_snapshot(stored: Mapping[str, Any], row: LedgerRow, provided: AbstractSet[str]) -> dict[str, Any]:
    """Return the snapshot that a later import of the same date leaves: what it does not speak of stays.

    The raw text of a flagged cell is renewed only with its value.
    """
    values = dict(stored) | {
        column: get_value(row, name) for name, column in SNAPSHOT.items() if speaks(stored, name, provided)
    }
    new, old = read_raw(row), dict(stored["raw"] or {})
    attributes = {FIELDS[name].attribute: column for name, column in SNAPSHOT.items()}
    for key, text in old.items():
        name = key.removesuffix("_fen")
        column = attributes.get(key)
        is_silent = name not in provided if column is None else values[column] == stored[column]
        if is_silent or (column is None and name not in EXTRAS and key not in new):
            new[key] = text
    return {column: values[column] for column in SNAPSHOT.values()} | {"raw": new or None}


def speaks(stored: Mapping[str, Any], name: str, provided: AbstractSet[str]) -> bool:
    """Whether an import says something about a stored snapshot's field.

    A report that named no state does not get one later: an export states the item's.
    """
    return name in provided and not (name == "state" and stored["state"] is None)


def list_unkept(row: LedgerRow, kind: ItemKind) -> list[str]:
    """Return our fields that a row fills and its kind has no place for."""
    kept = DETAILS[kind].keys()
    named = {"budget", "place", "category", "start_on", "phase"} if kind == "task" else {"assignee_text", "source"}
    return sorted(name for name in named - kept if getattr(row, FIELDS[name].attribute) is not None)
