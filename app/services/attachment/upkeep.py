"""Compares rows with bytes, and drops bytes that no row needs; reads in short units, hashes outside of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.sealing import SealError
from app.core.store import Store, hash_stream
from app.models.attachment import Attachment
from app.models.issued import IssuedFile
from app.services.long_work.upkeep import list_needed_files
from app.services.report_plan.delivering import list_kept_files

#: Bytes may lie without a row for so long: an upload writes them first.
ORPHAN_AGE = timedelta(days=1)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that needs its bytes."""

    attachment_id: int
    sha256: str
    size_bytes: int


def list_wanted(connection: Connection, after_id: int) -> list[Wanted]:
    """Return the next rows that need their bytes, by id; removed ones need none."""
    rows = connection.execute(
        select(Attachment.id, Attachment.sha256, Attachment.size_bytes)
        .where(Attachment.id > after_id, Attachment.removed_at.is_(None))
        .order_by(Attachment.id)
        .limit(_BATCH)
    )
    return [Wanted(*row) for row in rows]


def list_needed(connection: Connection) -> set[str]:
    """Return the names of all bytes that some row needs."""
    attached = connection.execute(select(Attachment.sha256).where(Attachment.removed_at.is_(None)).distinct()).scalars()
    issued = connection.execute(select(IssuedFile.sha256).distinct()).scalars()
    return set(attached) | set(issued) | list_needed_files(connection) | list_kept_files(connection)


def find_faults(store: Store, wanted: list[Wanted]) -> Iterator[str]:
    """Yield a line for each row whose bytes are missing or others; same bytes are read once a call."""
    seen: dict[str, str] = {}
    for row in wanted:
        if row.sha256 not in seen:
            seen[row.sha256] = _judge(store, row)
        if seen[row.sha256]:
            yield f"attachment {row.attachment_id}: {seen[row.sha256]}"


def _judge(store: Store, row: Wanted) -> str:
    try:
        with store.open(row.sha256) as stream:
            found = hash_stream(stream)
    except FileNotFoundError:
        return f"no bytes under {row.sha256}"
    except SealError as error:
        return f"{row.sha256}: {error.sentence.en}"
    if found.sha256 != row.sha256:
        return f"the bytes under {row.sha256} have the hash {found.sha256}"
    return "" if found.size_bytes == row.size_bytes else f"{found.size_bytes} bytes instead of {row.size_bytes}"


def find_orphans(store: Store, needed: set[str]) -> list[str]:
    """Return the names of bytes that no row needs, sorted."""
    return sorted(name for name in store.names() if name not in needed)


def drop_orphans(store: Store, orphans: list[str], now: datetime) -> int:
    """Drop bytes that were last put more than a day ago, and broken-off writes; returns how many (idempotent).

    `orphans` may be old news: bytes that were put again since are spared, because their age begins anew.
    """
    before = now - ORPHAN_AGE
    return sum(store.delete(name, before) for name in orphans) + store.tidy(before)
