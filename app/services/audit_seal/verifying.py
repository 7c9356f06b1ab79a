"""Verifies the seal of a database: all of it in one snapshot, streamed; and gives what a bundle is made of."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import select, type_coerce
from sqlalchemy.engine import Connection
from sqlalchemy.types import NullType

from app.core.merkle.verdict import Verdict
from app.core.merkle.verifying import Leaf, Outside, verify_rows
from app.models.seal import AuditLeaf, AuditNode
from app.services.audit_seal.keeping import list_heads, list_keys
from app.services.audit_seal.rows import read_rows

_CHUNK = 20_000


def verify_database(
    connection: Connection, *, trusted: Collection[str] = (), outside: Sequence[Outside] = ()
) -> Verdict:  # fmt: skip
    """Return what is wrong with the log of a database; `connection` has asked nothing yet.

    `trusted` are key ids and `outside` heads that are known from elsewhere.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    tiles = {
        (level, place): digest
        for level, place, digest in connection.execute(select(AuditNode.level, AuditNode.place, AuditNode.hash))
    }
    return verify_rows(
        read_rows(connection), read_leaves(connection), list_heads(connection), list_keys(connection),
        trusted=trusted, outside=outside, tiles=tiles,
    )  # fmt: skip


def read_leaves(connection: Connection, start: int = 0, end: int | None = None) -> Iterator[Leaf]:
    """Yield the leaves from `start` to before `end` by index, some thousands a statement."""
    # As the driver has it: what was written by hand may be no hash at all.
    plain = type_coerce(AuditLeaf.hash, NullType())
    statement = select(AuditLeaf.leaf_index, AuditLeaf.audit_id, plain).order_by(AuditLeaf.leaf_index)
    if end is not None:
        statement = statement.where(AuditLeaf.leaf_index < end)
    after = start - 1
    while True:
        found = connection.execute(statement.where(AuditLeaf.leaf_index > after).limit(_CHUNK)).all()
        for index, audit_id, digest in found:
            yield Leaf(index, audit_id, digest if isinstance(digest, bytes) else b"")
        if len(found) < _CHUNK:
            return
        after = found[-1][0]
