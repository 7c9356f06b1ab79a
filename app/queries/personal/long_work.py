"""Reads a person's own long work; anybody else's looks like none. One statement each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError
from app.models.long_work import LongWork
from app.queries.listing.newest import read_newest

_SORT = "work"


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A work as its person sees it; `file_sha256` null: it made none, or it was removed meanwhile."""

    id: int
    kind: str
    status: str
    lang: str
    arguments: Mapping[str, Any]
    done_count: int
    total_count: int | None
    asked_at: datetime
    started_at: datetime | None
    beat_at: datetime | None
    finished_at: datetime | None
    cancel_asked_at: datetime | None
    tries: int
    result: Mapping[str, Any] | None
    fault: Mapping[str, Any] | None
    input_sha256: str | None
    file_sha256: str | None
    file_name: str | None
    media_type: str | None
    note: str | None
    repeats_id: int | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.status in ("waiting", "running")

    @property
    def has_file(self) -> bool:
        """Whether there is a file to fetch."""
        return self.file_sha256 is not None


@dataclass(frozen=True, slots=True)
class WorkPage:
    """One page, the newest first, and the cursor behind it."""

    items: tuple[WorkRow, ...]
    next_cursor: str | None


_COLUMNS = tuple(getattr(LongWork, name) for name in WorkRow.__slots__)


def find_work(connection: Connection, person_id: int, work_id: int) -> WorkRow:
    """Return a work of the person's own; NotFoundError for anybody else's."""
    statement = select(*_COLUMNS).where(LongWork.id == work_id, LongWork.person_id == person_id)
    row = connection.execute(statement).first()
    if row is None:
        raise NotFoundError("没有这项任务，或不是您发起的。", "There is no such work of yours.")
    return WorkRow(*row)


def list_works(
    connection: Connection, person_id: int, *, kinds: Sequence[str] = (), limit: int = 50, cursor: str | None = None
) -> WorkPage:
    """Return one page of a person's works, of some kinds or (none named) of all; InvalidError for a broken cursor."""
    statement = select(*_COLUMNS).where(LongWork.person_id == person_id)
    if kinds:
        statement = statement.where(LongWork.kind.in_(kinds))
    rows, more = read_newest(connection, statement, LongWork.id, sort=_SORT, limit=limit, cursor=cursor)
    return WorkPage(tuple(WorkRow(*row) for row in rows), more)
