"""What an import leaves beside the items: snapshots by reporting date, flags with their raw text."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, bindparam, insert, select, update
from sqlalchemy.engine import Connection

from app.core.text import NAME_MAX
from app.ledger.columns import SNAPSHOT, get_value, merge_snapshot, read_snapshot, speaks
from app.ledger.findings import Finding
from app.ledger.rows import Ledger, LedgerRow, find_changes
from app.models.ledger import LedgerFlag, ProgressSnapshot

_BATCH = 500
_COLUMNS = (*SNAPSHOT.values(), "raw")
_TABLE = ProgressSnapshot.__table__

#: An item's stored snapshots by date.
Stored = Mapping[date, Mapping[str, Any]]


def read_snapshots(connection: Connection, item_ids: Sequence[int]) -> dict[int, dict[date, Mapping[str, Any]]]:
    """Return the stored snapshots of items, {item id: {date: columns}}, the oldest first."""
    found: dict[int, dict[date, Mapping[str, Any]]] = {}
    for start in range(0, len(item_ids), _BATCH):
        part = item_ids[start : start + _BATCH]
        statement = select(ProgressSnapshot.__table__).where(ProgressSnapshot.item_id.in_(part))
        for row in connection.execute(statement.order_by(_TABLE.c.item_id, _TABLE.c.as_of_on)).mappings():
            found.setdefault(row["item_id"], {})[row["as_of_on"]] = dict(row)
    return found


def find_progress_on(rows: Sequence[LedgerRow], stored: Stored, provided: AbstractSet[str]) -> date | None:
    """Return the last reporting date on which the source said something else than before; None for no date.

    An unchanged row is no progress. The first row is held against the snapshot stored before it; where there is
    none it counts as the beginning.
    """
    found: date | None = None
    before: LedgerRow | None = None
    for row in rows:
        if row.as_of is None:
            continue
        if before is None:
            earlier = max((day for day in stored if day < row.as_of), default=None)
            is_new = earlier is None or _differs(stored[earlier], row, provided)
        else:
            is_new = bool(find_changes(before, row))
        if is_new:
            found = row.as_of
        before = row
    return found


def _differs(stored: Mapping[str, Any], row: LedgerRow, provided: AbstractSet[str]) -> bool:
    return any(
        get_value(row, name) != stored[column] for name, column in SNAPSHOT.items() if speaks(stored, name, provided)
    )


@dataclass
class SnapshotWriter:
    """Gathers snapshots to write; `count` tells how many are new or differ."""

    provided: AbstractSet[str]
    count: int = 0
    _new: list[dict[str, Any]] = field(default_factory=list)
    _changed: list[dict[str, Any]] = field(default_factory=list)

    def take(self, item_id: int, rows: Sequence[LedgerRow], stored: Stored) -> None:
        """Take in the dated rows of an item; one that says what is stored already is left out."""
        for row in rows:
            if row.as_of is None:
                continue
            known = stored.get(row.as_of)
            if known is None:
                values = read_snapshot(row, self.provided)
                self._new.append({"item_id": item_id, "as_of_on": row.as_of} | values)
                continue
            values = merge_snapshot(known, row, self.provided)
            if any(values[column] != known[column] for column in _COLUMNS):
                self._changed.append({"b_id": known["id"]} | {f"v_{column}": values[column] for column in _COLUMNS})

    def flush(self, connection: Connection) -> None:
        """Write what was taken in."""
        self.count += len(self._new) + len(self._changed)
        if self._new:
            connection.execute(insert(ProgressSnapshot), self._new)
        if self._changed:
            one = update(_TABLE).where(_TABLE.c.id == bindparam("b_id", type_=BigInteger))  # type: ignore[arg-type]
            values = {column: bindparam(f"v_{column}", type_=_TABLE.c[column].type) for column in _COLUMNS}
            connection.execute(one.values(values), self._changed)
        self._new, self._changed = [], []


#: A place in the file -> the item and its row.
Places = Mapping[tuple[str, int], tuple[int, LedgerRow]]


def write_flags(
    connection: Connection, import_id: int, ledger: Ledger, flags: Iterable[Finding], places: Places
) -> int:
    """Write the flags of an import; one that an item bears already is not written twice. Returns how many."""
    attributes = {heading: name for name, heading in ledger.columns.items()}
    rows = [_flag_row(import_id, flag, attributes, places) for flag in flags]
    item_ids = sorted({row["item_id"] for row in rows if row["item_id"] is not None})
    borne: set[tuple[Any, ...]] = set()
    for start in range(0, len(item_ids), _BATCH):
        part = item_ids[start : start + _BATCH]
        statement = select(LedgerFlag.item_id, LedgerFlag.code, LedgerFlag.column, LedgerFlag.raw)
        borne |= {tuple(row) for row in connection.execute(statement.where(LedgerFlag.item_id.in_(part)))}
    new = [
        row for row in rows
        if row["item_id"] is None or (row["item_id"], row["code"], row["column"], row["raw"]) not in borne
    ]  # fmt: skip
    if new:
        connection.execute(insert(LedgerFlag), new)
    return len(new)


def _flag_row(import_id: int, flag: Finding, names: Mapping[str, str], places: Places) -> dict[str, Any]:
    item_id, row = places.get((flag.sheet, flag.row or 0), (None, None))
    name = names.get(flag.column, "")
    raw = None if row is None else row.raw.get(name, row.raw.get(f"{name}_fen"))
    return {
        "import_id": import_id,
        "item_id": item_id,
        "code": flag.code[:40],
        "sheet": flag.sheet[:NAME_MAX] or None,
        "row": flag.row,
        "column": flag.column[:NAME_MAX] or None,
        "raw": raw or flag.value or None,
    }
