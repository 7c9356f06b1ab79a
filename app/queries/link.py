"""What an item is linked with, what it waits for all in all, and what waits for it; as far as the caller may read it.

Loops cannot be laid any more, but old data may hold one: walking it ends, and it is shown (case P105).
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import or_, text
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError
from app.models.item import Item, ItemLink
from app.policy import access
from app.queries.item import ItemRow, is_readable, select_rows
from workflows.loops import find_loop

Direction = Literal["before", "after"]
#: UNION drops what was reached already, so a loop is walked once.
_WALKS = {
    "after": text("""
WITH RECURSIVE walk(from_id, to_id) AS (
  SELECT from_id, to_id FROM item_link WHERE kind = 'blocks' AND from_id = :item_id
  UNION SELECT l.from_id, l.to_id FROM walk w JOIN item_link l ON l.from_id = w.to_id AND l.kind = 'blocks'
) SELECT from_id, to_id FROM walk"""),
    "before": text("""
WITH RECURSIVE walk(from_id, to_id) AS (
  SELECT to_id, from_id FROM item_link WHERE kind = 'blocks' AND to_id = :item_id
  UNION SELECT l.to_id, l.from_id FROM walk w JOIN item_link l ON l.to_id = w.to_id AND l.kind = 'blocks'
) SELECT from_id, to_id FROM walk"""),
}


@dataclass(frozen=True, slots=True)
class DirectLink:
    """A link with another item; `is_from`: the item asked about stands at its start."""

    kind: str
    is_from: bool
    item: ItemRow


@dataclass(frozen=True, slots=True)
class Reached:
    """An item on the way, so many links away."""

    steps: int
    item: ItemRow


@dataclass(frozen=True, slots=True)
class Links:
    """An item's links, and the chains of `blocks` before and after it.

    `loops` are chains that close, by item (None: one that the caller may not read), the first again at the end.
    """

    direct: tuple[DirectLink, ...]
    before: tuple[Reached, ...]
    after: tuple[Reached, ...]
    loops: tuple[tuple[ItemRow | None, ...], ...]


def read_links(connection: Connection, readers: Sequence[str], item_id: int, today: date) -> Links:
    """Return the links of an item; NotFoundError when none of `readers` may read it. Five statements."""
    if not access.can_read(connection, readers, item_id):
        raise NotFoundError
    before, after = (_walk(connection, item_id, direction) for direction in ("before", "after"))
    loops = _find_loops(before, after)
    rows = _read_rows(connection, readers, {*_list_ids(before), *_list_ids(after)}, today)
    return Links(
        direct=_read_direct(connection, readers, item_id, today),
        before=_measure(before, item_id, rows),
        after=_measure(after, item_id, rows),
        loops=tuple(tuple(rows.get(node) for node in loop) for loop in loops),
    )


def _find_loops(before: dict[int, list[int]], after: dict[int, list[int]]) -> list[list[int]]:
    """Return a loop of each side, as the links lead; one that both sides find stands once."""
    found = [] if (loop := find_loop(after)) is None else [loop]
    back = find_loop(before)
    if back is not None and not (found and set(back) == set(found[0])):
        found.append(back[::-1])
    return found


def _walk(connection: Connection, item_id: int, direction: Direction) -> dict[int, list[int]]:
    edges: dict[int, list[int]] = {}
    for from_id, to_id in connection.execute(_WALKS[direction], {"item_id": item_id}):
        edges.setdefault(from_id, []).append(to_id)
    return edges


def _list_ids(edges: dict[int, list[int]]) -> set[int]:
    return {*edges, *(to_id for ends in edges.values() for to_id in ends)}


def _read_rows(connection: Connection, readers: Sequence[str], item_ids: set[int], today: date) -> dict[int, ItemRow]:
    statement = select_rows(today).where(Item.id.in_(sorted(item_ids)), is_readable(readers))
    return {row.id: row for row in (ItemRow(*found) for found in connection.execute(statement))}


def _measure(edges: dict[int, list[int]], item_id: int, rows: dict[int, ItemRow]) -> tuple[Reached, ...]:
    """Return the readable items on the way, the nearest first."""
    steps = {item_id: 0}
    waiting = deque([item_id])
    while waiting:
        node = waiting.popleft()
        for following in edges.get(node, ()):
            if following not in steps:
                steps[following] = steps[node] + 1
                waiting.append(following)
    found = [Reached(count, rows[node]) for node, count in steps.items() if count and node in rows]
    return tuple(sorted(found, key=lambda one: (one.steps, one.item.id)))


def _read_direct(connection: Connection, readers: Sequence[str], item_id: int, today: date) -> tuple[DirectLink, ...]:
    other = or_(
        (ItemLink.from_id == item_id) & (ItemLink.to_id == Item.id),
        (ItemLink.to_id == item_id) & (ItemLink.from_id == Item.id),
    )
    statement = (
        select_rows(today)
        .add_columns(ItemLink.kind, ItemLink.from_id)
        .join(ItemLink, other)
        .where(is_readable(readers))
        .order_by(ItemLink.kind, Item.id)
    )
    return tuple(DirectLink(row[-2], row[-1] == item_id, ItemRow(*row[:-2])) for row in connection.execute(statement))
