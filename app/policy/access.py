"""Who may read an item: one table, written from one statement, compared with its rebuild by `access check`.

A reader key is `D:<department>`, `P:<post>`, `U:<person>`, OFFICE, OVERSIGHT, or `A:<assignee>:<department>`: by the
last one the assignee's substitute reads a confidential item of the department in whose posts they stand in. Rules:
own and supporting departments (and those above them), the section to which work was handed on, the assignee, OFFICE
and OVERSIGHT read an ordinary item; a child is read as its ancestors, plus whoever acts on it. A confidential item is
read by assignee, named readers, the head posts of the departments concerned, the office director's post, OVERSIGHT;
one that draws on a fund by the finance posts of the fund's department, too.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, TextClause, bindparam, select, text, update
from sqlalchemy.engine import Connection

from app.models.item import ItemAccess

#: Stands for "no due date", after every real one.
NO_DUE = date(9999, 12, 31)
_BATCH = 500

#: What is expected is worked out once a statement. Left to PostgreSQL, it was worked out anew for each row of the table
#: whenever its statistics were behind, as they are in the middle of an import that it analyses meanwhile.
_EXPECTED = """
WITH RECURSIVE
scope(item_id) AS ({scope}),
up(item_id, ancestor_id) AS ({up}),
above(department_id, above_id) AS (
  SELECT id, id FROM department
  UNION ALL
  SELECT a.department_id, d.parent_id FROM above a JOIN department d ON d.id = a.above_id
  WHERE d.parent_id IS NOT NULL
),
concerned(item_id, department_id) AS (
  SELECT up.item_id, a.owner_department_id FROM up JOIN items a ON a.id = up.ancestor_id
  WHERE a.owner_department_id IS NOT NULL
  UNION
  SELECT up.item_id, s.department_id FROM up JOIN support s ON s.item_id = up.ancestor_id
  UNION
  SELECT up.item_id, a.section_id FROM up JOIN items a ON a.id = up.ancestor_id WHERE a.section_id IS NOT NULL
),
hidden(item_id) AS (
  SELECT i.id FROM scope JOIN items i ON i.id = scope.item_id JOIN decision d ON d.item_id = i.id
    JOIN meeting m ON m.item_id = d.meeting_id
    WHERE i.kind = 'decision' AND i.state = 'draft' AND m.cosign_until_on IS NULL
),
shown(reader, item_id) AS (
  SELECT 'D:' || above.above_id, c.item_id FROM concerned c
    JOIN items i ON i.id = c.item_id JOIN above ON above.department_id = c.department_id
    WHERE NOT i.confidential
  UNION SELECT 'U:' || a.assignee_id, up.item_id FROM up JOIN items a ON a.id = up.ancestor_id
    WHERE a.assignee_id IS NOT NULL
  UNION SELECT 'U:' || n.person_id, up.item_id FROM up JOIN named_reader n ON n.item_id = up.ancestor_id
  UNION SELECT 'U:' || t.person_id, up.item_id FROM up JOIN sign_off o ON o.item_id = up.ancestor_id
    JOIN sign_slot t ON t.sign_off_id = o.id WHERE t.person_id IS NOT NULL AND t.ended IS NULL
  UNION SELECT 'P:' || p.id, up.item_id FROM up JOIN sign_off o ON o.item_id = up.ancestor_id
    JOIN sign_slot t ON t.sign_off_id = o.id JOIN post p ON p.id = t.post_id
      OR (t.person_id IS NOT NULL AND p.department_id = t.department_id AND p.duty = 'head')
    WHERE t.ended IS NULL AND (t.person_id IS NOT NULL OR t.post_id IS NOT NULL)
  UNION SELECT 'A:' || a.assignee_id || ':' || a.owner_department_id, up.item_id
    FROM up JOIN items a ON a.id = up.ancestor_id JOIN items i ON i.id = up.item_id
    WHERE i.confidential AND a.assignee_id IS NOT NULL AND a.owner_department_id IS NOT NULL
  UNION SELECT 'A:' || a.assignee_id || ':' || a.section_id, up.item_id
    FROM up JOIN items a ON a.id = up.ancestor_id JOIN items i ON i.id = up.item_id
    WHERE i.confidential AND a.assignee_id IS NOT NULL AND a.section_id IS NOT NULL
  UNION SELECT 'P:' || p.id, c.item_id FROM concerned c
    JOIN items i ON i.id = c.item_id JOIN post p ON p.department_id = c.department_id
    WHERE i.confidential AND p.duty = 'head'
  UNION SELECT 'P:' || p.id, i.id FROM scope JOIN items i ON i.id = scope.item_id
    JOIN support s ON s.item_id = i.id JOIN post p ON p.department_id = s.department_id
    WHERE i.confidential AND i.kind IN ('allocation', 'disbursement') AND p.duty = 'finance'
),
reading(reader, item_id) AS (
  SELECT reader, item_id FROM shown WHERE item_id NOT IN (SELECT item_id FROM hidden)
  UNION SELECT 'OFFICE', i.id FROM scope JOIN items i ON i.id = scope.item_id WHERE NOT i.confidential
  UNION SELECT 'OVERSIGHT', item_id FROM scope
  UNION SELECT 'P:' || p.id, i.id FROM scope JOIN items i ON i.id = scope.item_id, post p
    WHERE i.confidential AND p.is_director
),
expected(reader, item_id, kind, is_open, due_key) AS MATERIALIZED (
  SELECT r.reader, r.item_id, i.kind, i.closed_at IS NULL, COALESCE(i.due_on, :no_due)
  FROM reading r JOIN items i ON i.id = r.item_id
)
"""

_ALL = "SELECT id FROM items"
_ALL_UP = """
  SELECT item_id, item_id FROM scope
  UNION ALL
  SELECT up.item_id, p.parent_id FROM up JOIN items p ON p.id = up.ancestor_id WHERE p.parent_id IS NOT NULL
"""
_SOME = "SELECT id FROM items WHERE id IN :item_ids"
#: Each of some items with itself and each that it lies below, given as JSON.
_SOME_UP = {
    "postgresql": (
        "SELECT CAST(p->>0 AS bigint), CAST(p->>1 AS bigint) FROM json_array_elements(CAST(:pairs AS json)) p"
    ),
    "sqlite": "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:pairs)",
}
#: Items, all that lies below them, and what they lie below. It is read by itself: PostgreSQL guesses at thousands of
#: items below each, a hundred above each of these, and with such guesses in front it read every item of the city to
#: write the readers of one.
_BELOW = """below(item_id, parent_id) AS (
  SELECT id, parent_id FROM items WHERE id IN :item_ids
  UNION
  SELECT c.id, c.parent_id FROM items c JOIN below ON c.parent_id = below.item_id
)"""
_ABOVE = """above(item_id, parent_id) AS (
  SELECT id, parent_id FROM items WHERE id IN :item_ids
  UNION
  SELECT p.id, p.parent_id FROM items p JOIN above ON p.id = above.parent_id
)"""
_FIND_NEAR = text(
    f"WITH RECURSIVE {_BELOW}, {_ABOVE} SELECT item_id, parent_id, 1 AS is_below FROM below"  # noqa: S608  # own text
    " UNION SELECT item_id, parent_id, 0 FROM above"
).bindparams(bindparam("item_ids", expanding=True))
_FIND_ABOVE = text(f"WITH RECURSIVE {_ABOVE} SELECT item_id, parent_id FROM above").bindparams(  # noqa: S608  # own text
    bindparam("item_ids", expanding=True)
)
#: What items lie below is held as it is until the unit ends: whoever writes its readers anew waits, and finds the items
#: then; and what was written there before is waited for. SQLite has one writer at a time.
_HELD = """held AS MATERIALIZED (
  SELECT id FROM items WHERE id = ANY(ARRAY(SELECT item_id FROM above)) AND id NOT IN :item_ids ORDER BY id FOR SHARE
)"""
_OWN = "own AS MATERIALIZED (SELECT id FROM items WHERE id IN :item_ids ORDER BY id FOR NO KEY UPDATE)"
_HOLD_ABOVE = text(
    f"WITH RECURSIVE {_ABOVE}, {_HELD}"  # noqa: S608  # own text
    " SELECT item_id, parent_id, (SELECT count(*) FROM held) FROM above"
).bindparams(bindparam("item_ids", expanding=True))
_HOLD_NEAR = text(
    f"WITH RECURSIVE {_ABOVE}, {_OWN}, {_HELD} SELECT (SELECT count(*) FROM own), (SELECT count(*) FROM held)"  # noqa: S608  # own text
).bindparams(bindparam("item_ids", expanding=True))
#: So many items' readers are worked out at once.
_PART = 200


def _make_binds(sql: str) -> list[Any]:
    binds: list[Any] = [bindparam("no_due", NO_DUE, type_=Date)]
    if ":item_ids" in sql:
        binds.append(bindparam("item_ids", expanding=True))
    return binds


def _statement(tail: str, scope: str = _ALL, up: str = _ALL_UP) -> TextClause:
    sql = _EXPECTED.format(scope=scope, up=up) + tail
    return text(sql).bindparams(*_make_binds(sql))


def _remove(within: str, *places: str) -> TextClause:
    beyond = (
        " AND NOT EXISTS (SELECT 1 FROM expected e WHERE e.reader = item_access.reader"
        " AND e.item_id = item_access.item_id)"
    )
    return _statement("DELETE FROM item_access WHERE " + within + beyond, *places)  # noqa: S608  # own text


def _write(scope: str = _ALL, up: str = _ALL_UP) -> TextClause:
    # SQLite needs the WHERE to tell the join's ON from the conflict's; the insert stands before the CTE there too.
    body = _EXPECTED.format(scope=scope, up=up)
    tail = (
        "SELECT reader, item_id, kind, is_open, due_key FROM expected WHERE 1 = 1 "
        "ON CONFLICT (reader, item_id) DO UPDATE SET is_open = excluded.is_open, due_key = excluded.due_key "
        "WHERE item_access.is_open <> excluded.is_open OR item_access.due_key <> excluded.due_key"
    )
    sql = "INSERT INTO item_access (reader, item_id, kind, is_open, due_key) " + body + tail
    return text(sql).bindparams(*_make_binds(sql))


_REMOVE_SOME = {name: _remove("item_id IN :item_ids", _SOME, up) for name, up in _SOME_UP.items()}
_WRITE_SOME = {name: _write(_SOME, up) for name, up in _SOME_UP.items()}
_REMOVE_ALL, _WRITE_ALL = _remove("1 = 1"), _write()
_COMPARE = _statement(
    "SELECT CASE WHEN a.reader IS NULL THEN 'missing' WHEN e.reader IS NULL THEN 'superfluous' ELSE 'wrong' END, "
    "COALESCE(e.reader, a.reader), COALESCE(e.item_id, a.item_id) "
    "FROM expected e FULL JOIN item_access a ON a.reader = e.reader AND a.item_id = e.item_id "
    "WHERE a.reader IS NULL OR e.reader IS NULL OR a.is_open <> e.is_open OR a.due_key <> e.due_key "
    "OR a.kind <> e.kind ORDER BY 3, 2",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of the access table that its rebuild would change: missing, superfluous or wrong."""

    fault: str
    reader: str
    item_id: int


def refresh(connection: Connection, item_ids: Iterable[int]) -> None:
    """Write the readers of `item_ids` and everything below them anew (departments, assignee or secrecy changed).

    A statement (two on PostgreSQL), and two for each 200 items that there are. The items are held, and what they lie
    below is held as it is: nobody else writes readers there at the same time.
    """
    ids = tuple(item_ids)
    if not ids:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD_NEAR, {"item_ids": ids})
    rows = connection.execute(_FIND_NEAR, {"item_ids": ids}).all()
    above = {row.item_id: row.parent_id for row in rows}
    for given in _parts({row.item_id for row in rows if row.is_below}, above):
        connection.execute(_REMOVE_SOME[connection.dialect.name], given)
        connection.execute(_WRITE_SOME[connection.dialect.name], given)


def begin(connection: Connection, item_ids: Iterable[int]) -> None:
    """Write the readers of new items, which have none yet and nothing below them: a statement, and one for each 200.

    What lies below is not looked for: for 200 slips at once that took as long as all else in a city of a million. What
    they lie below is held as it is, as in `refresh`.
    """
    ids = tuple(item_ids)
    if not ids:
        return
    statement = _HOLD_ABOVE if connection.dialect.name == "postgresql" else _FIND_ABOVE
    above = {row.item_id: row.parent_id for row in connection.execute(statement, {"item_ids": ids})}
    for given in _parts(ids, above):
        connection.execute(_WRITE_SOME[connection.dialect.name], given)


def _parts(item_ids: Iterable[int], above: Mapping[int, int | None]) -> Iterator[dict[str, Any]]:
    """Yield what the statements about some items are given: the items, each of them with all that it lies below."""
    ids = sorted(item_ids)
    for start in range(0, len(ids), _PART):
        part = ids[start : start + _PART]
        pairs = []
        for item_id in part:
            ancestor_id: int | None = item_id
            while ancestor_id is not None:
                pairs.append((item_id, ancestor_id))
                ancestor_id = above[ancestor_id]
        yield {"item_ids": part, "pairs": json.dumps(pairs)}


def mark(connection: Connection, item_id: int, *, is_open: bool, due_on: date | None) -> None:
    """Write an item's openness and due date to all its readers' rows."""
    connection.execute(
        update(ItemAccess)
        .where(ItemAccess.item_id == item_id)
        .values(is_open=is_open, due_key=NO_DUE if due_on is None else due_on)
    )


def rebuild(connection: Connection) -> None:
    """Write the whole table anew from what it reflects."""
    connection.execute(_REMOVE_ALL)
    connection.execute(_WRITE_ALL)


def compare(connection: Connection) -> list[Difference]:
    """Return every row that a rebuild would change."""
    return [Difference(row[0], row[1], row[2]) for row in connection.execute(_COMPARE)]


def list_readable(connection: Connection, item_ids: Iterable[int], readers: Iterable[str]) -> set[int]:
    """Return those of `item_ids` that one of `readers` may read; a statement for each 500 of them."""
    ids, keys, found = list(item_ids), tuple(readers), set[int]()
    for start in range(0, len(ids), _BATCH):
        found |= set(
            connection.execute(
                select(ItemAccess.item_id).where(
                    ItemAccess.item_id.in_(ids[start : start + _BATCH]), ItemAccess.reader.in_(keys)
                )
            ).scalars()
        )
    return found


def can_read(connection: Connection, readers: Iterable[str], item_id: int) -> bool:
    """Whether one of `readers` may read the item."""
    found = connection.execute(
        select(ItemAccess.item_id).where(ItemAccess.item_id == item_id, ItemAccess.reader.in_(tuple(readers))).limit(1)
    ).first()
    return found is not None
