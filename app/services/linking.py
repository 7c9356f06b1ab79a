"""Links between items: laid and taken away, many at once or none; no chain of them ever closes.

`blocks` says that one item is finished before another begins. The tree counts too: whatever is below an item begins
after it and is finished before it. So a task cannot block the one that it belongs to, nor can a successor be hung
below its predecessor (cases P105, P106). Of the other kinds each is free of loops by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, text, tuple_
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.models.item import LINKS, Item, ItemAccess, ItemLink
from app.models.record import Audit
from app.policy.people import Actor, find_actor
from app.services.loading import ARCHIVED, ARCHIVED_SAID, is_archived
from app.services.recording import Acting, plain
from app.services.rulebook import Rulebook
from workflows.loops import find_loop, find_path
from workflows.roles import Capacity, Duty

#: How many links one request may bring.
LINKS_MAX = 200
_BATCH = 5000
Pair = tuple[int, int]
#: An item's beginning (False) or its end (True).
Event = tuple[int, bool]

_HEAD = """
WITH RECURSIVE walk(item_id, is_end, from_id, from_end) AS (
  SELECT id, FALSE, CAST(NULL AS BIGINT), FALSE FROM items WHERE id IN :starts
"""
_TAIL = ") SELECT from_id, from_end, item_id, is_end FROM walk WHERE from_id IS NOT NULL"
_BY_LINKS = """
  UNION SELECT l.to_id, FALSE, l.from_id, FALSE FROM walk w JOIN item_link l ON l.from_id = w.item_id AND l.kind = :kind
"""
# What follows on a beginning: the same item's end, the beginning of those below; on an end: the beginning of what
# was blocked, the end of the item above. PostgreSQL wants one recursive branch, SQLite knows no LATERAL.
_BY_TREE = {
    "sqlite": """
  UNION SELECT w.item_id, TRUE, w.item_id, FALSE FROM walk w WHERE NOT w.is_end
  UNION SELECT c.id, FALSE, w.item_id, FALSE FROM walk w JOIN items c ON c.parent_id = w.item_id WHERE NOT w.is_end
  UNION SELECT l.to_id, FALSE, w.item_id, TRUE FROM walk w
    JOIN item_link l ON l.from_id = w.item_id AND l.kind = :kind WHERE w.is_end
  UNION SELECT p.parent_id, TRUE, w.item_id, TRUE FROM walk w
    JOIN items p ON p.id = w.item_id AND p.parent_id IS NOT NULL WHERE w.is_end
""",
    "postgresql": """
  UNION SELECT n.item_id, n.is_end, w.item_id, w.is_end FROM walk w CROSS JOIN LATERAL (
    SELECT w.item_id, TRUE WHERE NOT w.is_end
    UNION ALL SELECT c.id, FALSE FROM items c WHERE NOT w.is_end AND c.parent_id = w.item_id
    UNION ALL SELECT l.to_id, FALSE FROM item_link l WHERE w.is_end AND l.from_id = w.item_id AND l.kind = :kind
    UNION ALL SELECT p.parent_id, TRUE FROM items p
      WHERE w.is_end AND p.id = w.item_id AND p.parent_id IS NOT NULL
  ) n(item_id, is_end)
""",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link from one item to another: `from_id` blocks, was split from, was merged into, decides `to_id`."""

    from_id: int
    to_id: int
    kind: str


def lay_links(
    connection: Connection, pairs: Iterable[Pair], kind: str, *, readers: Sequence[str] | None = None
) -> list[Pair]:
    """Lay links of one kind, all or none, and return those that were not there before.

    ConflictError `loop` shows the chain that would close; with `readers`, only titles that they may read. Decides
    under a lock until the unit ends. For the product's own acts: who may link is for the caller to know.
    """
    wanted = list(dict.fromkeys(pairs))
    if not wanted:
        return []
    _take_turn(connection)
    known: set[Pair] = set()
    for start in range(0, len(wanted), _BATCH):
        part = tuple_(ItemLink.from_id, ItemLink.to_id).in_(wanted[start : start + _BATCH])
        rows = connection.execute(select(ItemLink.from_id, ItemLink.to_id).where(ItemLink.kind == kind, part))
        known |= {(row[0], row[1]) for row in rows}
    new = [pair for pair in wanted if pair not in known]
    if new:
        _refuse_loops(connection, new, kind, readers)
        connection.execute(insert(ItemLink), [{"from_id": a, "to_id": b, "kind": kind} for a, b in new])
    return new


def _take_turn(connection: Connection) -> None:
    """Let one writer at a time decide about links (SQLite has only one anyway)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE item_link IN SHARE ROW EXCLUSIVE MODE"))


def _refuse_loops(connection: Connection, new: Sequence[Pair], kind: str, readers: Sequence[str] | None) -> None:
    has_tree = kind == "blocks"
    edges = _read_edges(connection, {end for _, end in new}, kind, has_tree=has_tree)
    for start, end in new:
        edges.setdefault((start, has_tree), []).append((end, False))
        edges.setdefault((end, False), [])
    if find_loop(edges) is None:
        return
    for start, end in new:
        # An old loop elsewhere is not this link's fault.
        back = find_path(edges, (end, False), (start, has_tree))
        if back is not None:
            chain = [start, *(item_id for item_id, _ in back)]
            raise ConflictError("loop", _say_loop(connection, chain, readers))


def _read_edges(connection: Connection, starts: set[int], kind: str, *, has_tree: bool) -> dict[Event, list[Event]]:
    """Return everything that follows on the beginning of `starts`, as stored."""
    step = _BY_TREE[connection.dialect.name] if has_tree else _BY_LINKS
    statement = text(_HEAD + step + _TAIL).bindparams(bindparam("starts", expanding=True))
    edges: dict[Event, list[Event]] = {}
    ids = sorted(starts)
    for start in range(0, len(ids), _BATCH):
        rows = connection.execute(statement, {"starts": ids[start : start + _BATCH], "kind": kind})
        for from_id, from_end, item_id, is_end in rows:
            edges.setdefault((from_id, bool(from_end)), []).append((item_id, bool(is_end)))
    return edges


def _say_loop(connection: Connection, chain: Sequence[int], readers: Sequence[str] | None) -> Sentence:
    shown = [item_id for place, item_id in enumerate(chain) if place == 0 or chain[place - 1] != item_id]
    if len(shown) == 1:
        return Sentence("事项不能与自身关联。", "An item is not linked with itself.")
    statement = select(Item.id, Item.number, Item.title).where(Item.id.in_(shown))
    if readers is not None:
        allowed = select(ItemAccess.item_id).where(ItemAccess.reader.in_(tuple(readers)))
        statement = statement.where(Item.id.in_(allowed))
    names = {row.id: row.number or row.title for row in connection.execute(statement)}
    zh = " → ".join(names.get(item_id, "（无权查看的事项）") for item_id in shown)
    en = " → ".join(names.get(item_id, "(an item not for you to see)") for item_id in shown)
    return Sentence(f"会形成循环：{zh}。", f"This would close a loop: {en}.")


def add_links(
    session: Session, book: Rulebook, person_id: int, now: datetime, links: Sequence[Link], *, source: str
) -> list[Link]:
    """Lay links by hand, all or none; returns the new ones (laying one again changes nothing).

    The office links anything; the lead department of the item that waits may say what it waits for. NotFoundError
    for an item that the caller may not read, ForbiddenError, ConflictError for a loop or for an item that is closed
    or archived.
    """
    connection = session.connection()
    _check(links)
    actor = _require_actor(connection, book, person_id, now)
    found = _read_items(connection, actor, links)
    actings = {link: _admit(actor, found, link) for link in links}
    for link in links:
        if link.kind == "blocks" and found[link.to_id].closed_at is not None:
            raise ConflictError(
                "closed", Sentence("后续事项已办结，无须再等待。", "The item that would wait is closed.")
            )
    added: list[Link] = []
    for kind in dict.fromkeys(link.kind for link in links):
        pairs = [(link.from_id, link.to_id) for link in links if link.kind == kind]
        added += [Link(*pair, kind) for pair in lay_links(connection, pairs, kind, readers=actor.readers)]
    _audit(connection, now, "link.add", [(link, actings[link]) for link in added], source)
    return added


def remove_link(session: Session, book: Rulebook, person_id: int, now: datetime, link: Link, *, source: str) -> None:
    """Take a link away; who may lay it may. NotFoundError when there is none."""
    connection = session.connection()
    _check([link])
    actor = _require_actor(connection, book, person_id, now)
    acting = _admit(actor, _read_items(connection, actor, [link]), link)
    gone = connection.execute(
        delete(ItemLink).where(
            ItemLink.from_id == link.from_id, ItemLink.to_id == link.to_id, ItemLink.kind == link.kind
        )
    )
    if gone.rowcount == 0:
        raise NotFoundError("没有这条关联。", "There is no such link.")
    _audit(connection, now, "link.remove", [(link, acting)], source)


def _check(links: Sequence[Link]) -> None:
    if not 1 <= len(links) <= LINKS_MAX:
        said = Sentence(f"一次可提交1至{LINKS_MAX}条关联。", f"1 to {LINKS_MAX} links at a time.")
        raise InvalidError([Fault("links", said)])
    faults = []
    for number, link in enumerate(links, 1):
        if link.kind not in LINKS:
            listed = ", ".join(LINKS)
            said = Sentence(f"应为其中之一：{listed}。", f"Expected one of {listed}.")
            faults.append(Fault(f"links[{number}].kind", said))
        if link.from_id == link.to_id:
            said = Sentence("事项不能与自身关联。", "An item is not linked with itself.")
            faults.append(Fault(f"links[{number}]", said))
    if faults:
        raise InvalidError(faults, code="loop" if all(link.from_id == link.to_id for link in links) else "invalid")


def _require_actor(connection: Connection, book: Rulebook, person_id: int, now: datetime) -> Actor:
    actor = find_actor(connection, person_id, now.astimezone(book.zone).date(), now)
    if actor is None:
        raise NotFoundError
    return actor


def _read_items(connection: Connection, actor: Actor, links: Sequence[Link]) -> dict[int, Any]:
    """Return the items at both ends; NotFoundError when one is not there or not for the caller to see."""
    ids = {item_id for link in links for item_id in (link.from_id, link.to_id)}
    readable = select(ItemAccess.item_id).where(ItemAccess.reader.in_(actor.readers), ItemAccess.item_id.in_(ids))
    rows = connection.execute(
        select(Item.id, Item.owner_department_id, Item.closed_at, is_archived(Item.id).label("is_archived")).where(
            Item.id.in_(ids), Item.id.in_(readable)
        )
    )
    found = {row.id: row for row in rows}
    if found.keys() != ids:
        raise NotFoundError
    if any(row.is_archived for row in found.values()):
        raise ConflictError(ARCHIVED, ARCHIVED_SAID)
    return found


def _admit(actor: Actor, found: dict[int, Any], link: Link) -> Acting:
    """Return in which post the actor may write this link."""
    office = _hold(actor, None, Duty.OFFICE)
    if office is not None:
        return Acting(actor.person_id, "office", office)
    if link.kind == "blocks":
        lead = _hold(actor, found[link.to_id].owner_department_id, Duty.HEAD, Duty.MEMBER)
        if lead is not None:
            return Acting(actor.person_id, "lead_staff", lead)
        raise ForbiddenError(
            "not_yours",
            Sentence("由协调办或后续事项的牵头单位办理。",
                     "This is for the coordination office or the lead department of the item that waits."),
        )  # fmt: skip
    raise ForbiddenError("not_yours", Sentence("由协调办办理。", "This is for the coordination office."))


def _hold(actor: Actor, department_id: int | None, *duties: Duty) -> Capacity | None:
    held = (one for one in actor.general if one.duty in duties)
    return next((one for one in held if department_id is None or one.department_id == department_id), None)


def _audit(
    connection: Connection, now: datetime, action: str, links: Sequence[tuple[Link, Acting]], source: str
) -> None:
    """Add the audit rows of both items."""
    rows = []
    for link, acting in links:
        told = plain({"kind": link.kind, "from": link.from_id, "to": link.to_id})
        sides = {"before": told, "after": None} if action == "link.remove" else {"before": None, "after": told}
        rows += [
            {"action": action, "outcome": "done", "item_id": item_id, "subject": None, "occurred_at": now,
             "recorded_at": now, "source": source, **sides, **acting.columns()}
            for item_id in (link.from_id, link.to_id)
        ]  # fmt: skip
    if rows:
        connection.execute(insert(Audit), rows)
