"""Seals rows: the next leaves, the tree's kept nodes and one signed head, in one unit of work.

Rows are found by having no leaf, never by "an id above the last": on PostgreSQL ids become visible out of order, and a
row that appears late gets the next leaf.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from app.core.merkle.canonical import canonical, write_instant
from app.core.merkle.signed import Head, Signer
from app.core.merkle.tree import Frontier, hash_leaf
from app.models.seal import AuditLeaf, AuditNode
from app.services.audit_seal.keeping import find_last_head, write_head
from app.services.audit_seal.rows import read_unsealed

#: Rows of one unit of work: some 0.1 s on a database that serves people meanwhile.
BATCH = 5000
#: A quick pass looks at ids above those that were sealed so long ago; a full one at all.
LOOK_BACK = timedelta(hours=24)


class BrokenSealError(Exception):
    """The last head does not fit what is kept beside it; nothing is sealed on top of it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows that wait to be sealed, each with its hash, by id; `is_last`: behind them nothing waits."""

    rows: tuple[tuple[int, bytes], ...]
    is_last: bool


def find_floor(connection: Connection, now: datetime, *, is_full: bool) -> int:
    """Return the id above which a pass looks: the row that was sealed last before `LOOK_BACK`; two statements."""
    head = None if is_full else find_last_head(connection, until=now - LOOK_BACK)
    if head is None:
        return 0
    leaf = select(AuditLeaf.audit_id).where(AuditLeaf.leaf_index == head.size - 1)
    return connection.execute(leaf).scalar_one_or_none() or 0


def read_waiting(connection: Connection, after: int, limit: int) -> Waiting:
    """Return the next rows to be sealed; one statement."""
    rows = read_unsealed(connection, after, limit + 1)
    hashed = tuple((row["id"], hash_leaf(canonical(row))) for row in rows[:limit])
    return Waiting(hashed, is_last=len(rows) <= limit)


def write_batch(
    connection: Connection, signer: Signer, rows: Sequence[tuple[int, bytes]], now: datetime, *, is_last: bool
) -> Head:
    """Give rows the next leaves and sign the head over them; the caller holds the lock of the seal.

    BrokenSealError when the last head's root does not follow from what is kept beside it. Where the clock went back,
    the head is dated with the one before: heads are ordered by time as they are by size.
    """
    last = find_last_head(connection)
    if last is not None and not last.has_frontier():
        raise BrokenSealError(f"the head of {last.size} entries does not fit its own nodes")
    before = last.size if last else 0
    tree = Frontier(before, [bytes.fromhex(node) for node in last.frontier]) if last else Frontier()
    leaves = []
    for audit_id, digest in rows:
        leaves.append({"leaf_index": tree.size, "audit_id": audit_id, "hash": digest})
        tree.append(digest)
    connection.execute(insert(AuditLeaf), leaves)
    if tree.tiles:
        connection.execute(insert(AuditNode), [
            {"level": level, "place": place, "hash": node} for level, place, node in tree.tiles
        ])  # fmt: skip
    signed_at = max(write_instant(now), last.signed_at if last else "")
    nodes = tuple(node.hex() for node in tree.nodes)
    unsigned = Head(tree.size, tree.root().hex(), signed_at, signer.key_id, before, is_last, "", nodes)
    head = Head(tree.size, unsigned.root, signed_at, signer.key_id, before, is_last,
                signer.sign(unsigned.statement()), nodes)  # fmt: skip
    write_head(connection, head)
    return head
