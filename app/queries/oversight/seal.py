"""How far the log is sealed: the last head, what waits behind it, and all heads page by page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, func, select
from sqlalchemy.engine import Connection

from app.models.record import Audit
from app.models.seal import AuditHead, AuditLeaf
from app.queries.cursor import read_cursor, write_cursor

_SORT = "heads"


@dataclass(frozen=True, slots=True)
class HeadRow:
    """A signed head, as people look at it; `root` and `signature` in hexadecimal digits."""

    tree_size: int
    root: str
    signed_at: datetime
    key_id: str
    previous: int
    complete: bool
    signature: str


@dataclass(frozen=True, slots=True)
class SealState:
    """The last head (None: nothing is sealed yet), how many entries came since, and when the first of them did."""

    head: HeadRow | None
    pending: int
    pending_since: datetime | None


@dataclass(frozen=True, slots=True)
class HeadPage:
    """A page of heads, the newest first, and the cursor behind it; None on the last one."""

    rows: tuple[HeadRow, ...]
    next_cursor: str | None


def _select_heads() -> Select[int, str, datetime, str, int, bool, str]:
    return select(
        AuditHead.tree_size, AuditHead.root, AuditHead.signed_at, AuditHead.key_id, AuditHead.previous,
        AuditHead.complete, AuditHead.signature,
    ).order_by(AuditHead.tree_size.desc())  # fmt: skip


def _make(row: Row[int, str, datetime, str, int, bool, str]) -> HeadRow:
    return HeadRow(*row)


def find_seal_state(connection: Connection) -> SealState:
    """Return how far the log is sealed; two statements, which look at what is new alone."""
    head = find_head_at(connection)
    newest = select(func.coalesce(func.max(AuditLeaf.audit_id), 0)).scalar_subquery()
    pending, since = connection.execute(
        select(func.count(), func.min(Audit.recorded_at)).where(Audit.id > newest)
    ).one()  # fmt: skip
    return SealState(head, pending, since)


def find_head_at(connection: Connection, until: datetime | None = None) -> HeadRow | None:
    """Return the last head, or the last one that was signed by an instant; one statement."""
    statement = _select_heads().limit(1)
    if until is not None:
        statement = statement.where(AuditHead.signed_at <= until)
    row = connection.execute(statement).first()
    return None if row is None else _make(row)


def list_head_page(connection: Connection, *, limit: int, cursor: str | None) -> HeadPage:
    """Return a page of heads, the newest first; InvalidError for a cursor that is not of this list. One statement."""
    statement = _select_heads().limit(limit + 1)
    if cursor is not None:
        statement = statement.where(AuditHead.tree_size < read_cursor(cursor, _SORT)[1])
    rows = [_make(row) for row in connection.execute(statement)]
    more = write_cursor(_SORT, "", rows[limit - 1].tree_size) if len(rows) > limit else None
    return HeadPage(tuple(rows[:limit]), more)
