"""Keys and heads as the database keeps them; a key is turned over by signing the next one."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, Row

from app.core.errors import ConflictError, Sentence
from app.core.merkle.canonical import read_instant, write_instant
from app.core.merkle.signed import Head, Key, Signer
from app.models.seal import AuditHead, AuditKey

_HEADS = (
    AuditHead.tree_size, AuditHead.root, AuditHead.signed_at, AuditHead.key_id, AuditHead.previous,
    AuditHead.complete, AuditHead.signature, AuditHead.frontier,
)  # fmt: skip
_HASH_DIGITS = 64


def list_keys(connection: Connection) -> list[Key]:
    """Return the chain of keys, the first one first."""
    columns = (
        AuditKey.number, AuditKey.key_id, AuditKey.public_key, AuditKey.begins_at, AuditKey.signed_by,
        AuditKey.signature,
    )  # fmt: skip
    return [
        Key(row[0], row[1], row[2], write_instant(row[3]), row[4], row[5])
        for row in connection.execute(select(*columns).order_by(AuditKey.number))
    ]


def list_heads(connection: Connection, after: int = -1, limit: int | None = None) -> list[Head]:
    """Return the heads of more than `after` entries, by size."""
    statement = select(*_HEADS).where(AuditHead.tree_size > after).order_by(AuditHead.tree_size).limit(limit)
    return [_make_head(row) for row in connection.execute(statement)]


def find_head(connection: Connection, size: int) -> Head | None:
    """Return the head of `size` entries."""
    row = connection.execute(select(*_HEADS).where(AuditHead.tree_size == size)).first()
    return None if row is None else _make_head(row)


def find_last_head(connection: Connection, until: datetime | None = None) -> Head | None:
    """Return the last head, or the last one signed by an instant."""
    statement = select(*_HEADS).order_by(AuditHead.tree_size.desc()).limit(1)
    if until is not None:
        statement = statement.where(AuditHead.signed_at <= until)
    row = connection.execute(statement).first()
    return None if row is None else _make_head(row)


def _make_head(row: Row[int, str, datetime, str, int, bool, str, str]) -> Head:
    size, root, signed_at, key_id, previous, complete, signature, frontier = row
    nodes = tuple(frontier[at : at + _HASH_DIGITS] for at in range(0, len(frontier), _HASH_DIGITS))
    return Head(size, root, write_instant(signed_at), key_id, previous, complete, signature, nodes)


def write_head(connection: Connection, head: Head) -> None:
    """Keep a head; a second one that follows the same head breaks a unique key."""
    connection.execute(insert(AuditHead).values(
        tree_size=head.size, root=head.root, signed_at=read_instant(head.signed_at), key_id=head.key_id,
        previous=head.previous, complete=head.is_complete, signature=head.signature, frontier="".join(head.frontier),
    ))  # fmt: skip


def add_key(connection: Connection, signer: Signer, now: datetime, by: Signer) -> Key:
    """Add a key to the chain, signed by the present one (the first, or a new beginning: by itself).

    It begins now, or with the last head where the clock went back. ConflictError when it was a key of the log before.
    """
    keys = list_keys(connection)
    if any(key.key_id == signer.key_id for key in keys):
        raise ConflictError(
            "key_known",
            Sentence("此密钥已用过，请换一个新的。", "This key is one of the log's already; take a new one."),
        )
    last = find_last_head(connection)
    begins_at = max([write_instant(now), *([last.signed_at] if last else []), *(key.begins_at for key in keys[-1:])])
    unsigned = Key(len(keys) + 1, signer.key_id, signer.public_key, begins_at, by.key_id)
    signature = by.sign(unsigned.statement())
    connection.execute(insert(AuditKey).values(
        number=unsigned.number, key_id=unsigned.key_id, public_key=unsigned.public_key,
        begins_at=read_instant(begins_at), signed_by=unsigned.signed_by, signature=signature,
    ))  # fmt: skip
    return list_keys(connection)[-1]
