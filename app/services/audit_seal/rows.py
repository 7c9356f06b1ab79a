"""Rows of the log in their canonical form: the same on both databases, whatever somebody wrote into them by hand.

The driver's own values are read, not the models': a row that was tampered with into something that no model can read
must be told, not end the reading.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.engine import Connection

#: The columns of the canonical form, for good: a new column of the log comes with a new form (docs/audit-seal.md).
COLUMNS = (
    "id", "action", "outcome", "item_id", "subject", "actor_id", "acting_post_id", "acting_role",
    "acting_department_id", "on_behalf_of", "occurred_at", "recorded_at", "source", "before", "after",
)  # fmt: skip
_INSTANTS, _JSON = ("occurred_at", "recorded_at"), ("before", "after")
_INSTANT_LENGTH = len("2026-03-02 08:00:00.000000")
#: So many rows of the log are held at a time: a restore that verifies it takes no more memory for a longer one.
_CHUNK = 2_000
_UNSEALED = """WHERE a.id > :after
AND NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.audit_id = a.id AND l.audit_id > :after)
ORDER BY a.id LIMIT :limit"""


def read_rows(connection: Connection, after: int = 0, *, until: int | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows with ids above `after` (up to `until`) by id, some thousands a statement."""
    statement = text(f"{_select(connection)} WHERE a.id > :after AND a.id <= :until ORDER BY a.id LIMIT :limit")
    last = after
    while True:
        given = {"after": last, "until": 2**63 - 1 if until is None else until, "limit": _CHUNK}
        found = connection.execute(statement, given).all()
        for row in found:
            yield make_canonical(row)
        if len(found) < _CHUNK:
            return
        last = found[-1][0]


def read_sealed(
    connection: Connection, start: int, end: int
) -> Iterator[list[tuple[int, bytes, int, dict[str, Any] | None]]]:
    """Yield the leaves from `start` to before `end`, some thousands at a time: index, hash, id, row (None: gone)."""
    statement = text(
        f"SELECT l.leaf_index, l.hash, l.audit_id, {_list_columns(connection)} FROM audit_leaf l"  # noqa: S608  # names of this module
        " LEFT JOIN audit a ON a.id = l.audit_id"
        " WHERE l.leaf_index >= :start AND l.leaf_index < :end ORDER BY l.leaf_index"
    )
    for at in range(start, end, _CHUNK):
        found = connection.execute(statement, {"start": at, "end": min(at + _CHUNK, end)}).all()
        yield [
            (row[0], bytes(row[1]), row[2], None if row[3] is None else make_canonical(row[3:])) for row in found
        ]  # fmt: skip


def read_some(connection: Connection, audit_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return rows by id."""
    statement = text(f"{_select(connection)} WHERE a.id IN :ids").bindparams(bindparam("ids", expanding=True))
    return {row[0]: make_canonical(row) for row in connection.execute(statement, {"ids": list(audit_ids)})}


def read_unsealed(connection: Connection, after: int, limit: int) -> list[dict[str, Any]]:
    """Return the first rows with ids above `after` that have no leaf; one statement, which walks two indexes."""
    statement = text(f"{_select(connection)} {_UNSEALED}")
    return [make_canonical(row) for row in connection.execute(statement, {"after": after, "limit": limit})]


def _select(connection: Connection) -> str:
    return f"SELECT {_list_columns(connection)} FROM audit a"  # noqa: S608  # names of this module


def _list_columns(connection: Connection) -> str:
    is_postgresql = connection.dialect.name == "postgresql"
    return ", ".join(_name(column, is_postgresql=is_postgresql) for column in COLUMNS)


def _name(column: str, *, is_postgresql: bool) -> str:
    if is_postgresql and column in _INSTANTS:
        return f"to_char(a.{column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24\\:MI\\:SS.US\"Z\"')"
    if is_postgresql and column in _JSON:
        return f'CAST(a."{column}" AS text)'
    return f'a."{column}"'


def make_canonical(row: Sequence[Any]) -> dict[str, Any]:
    """Return a row as {column: JSON value}."""
    found = dict(zip(COLUMNS, row, strict=True))
    for column in _INSTANTS:
        found[column] = _spell_instant(found[column])
    for column in _JSON:
        found[column] = _read_json(found[column])
    return found


def _spell_instant(value: Any) -> Any:  # noqa: ANN401  # what the column holds, possibly by hand
    """Return an instant of SQLite in its canonical form; PostgreSQL gives it so. What is no instant stays as it is."""
    if isinstance(value, str) and len(value) == _INSTANT_LENGTH and value[10] == " ":
        return f"{value[:10]}T{value[11:]}Z"
    return value


def _read_json(value: Any) -> Any:  # noqa: ANN401  # as above
    """Return a JSON value; SQL's null and JSON's are one. A text that is no JSON is told apart from all that is."""
    if value is None:
        return None
    try:
        return json.loads(value) if isinstance(value, str) else {"unreadable": value}
    except (ValueError, RecursionError):
        return {"unreadable": value}
