"""What a ledger brought of one item: snapshots of its progress, flags on what was taken as it stood."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import NotFoundError
from app.models.ledger import LedgerFlag, LedgerImport, ProgressSnapshot
from app.policy.access import can_read


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """How the item stood on a reporting date, as its source said; the budget in hundredths of its currency."""

    as_of_on: date
    stage_text: str | None
    progress_pct: int | None
    forecast_on: date | None
    reported_slip_days: int | None
    budget_fen: int | None


@dataclass(frozen=True, slots=True)
class FlagRow:
    """Something odd in a ledger, with its place and the raw text."""

    code: str
    file_name: str
    sheet: str | None
    row: int | None
    column: str | None
    raw: str | None
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class SourceDetail:
    """Both, the newest first."""

    snapshots: tuple[SnapshotRow, ...]
    flags: tuple[FlagRow, ...]


def find_source(connection: Connection, readers: Sequence[str], item_id: int, *, limit: int = 24) -> SourceDetail:
    """Return what ledgers brought of an item; NotFoundError when none of `readers` may read it."""
    if not can_read(connection, readers, item_id):
        raise NotFoundError
    snapshots = connection.execute(
        select(
            ProgressSnapshot.as_of_on, ProgressSnapshot.stage_text, ProgressSnapshot.progress_pct,
            ProgressSnapshot.forecast_on, ProgressSnapshot.reported_slip_days, ProgressSnapshot.budget_fen,
        )
        .where(ProgressSnapshot.item_id == item_id)
        .order_by(ProgressSnapshot.as_of_on.desc())
        .limit(limit)
    )  # fmt: skip
    flags = connection.execute(
        select(
            LedgerFlag.code, LedgerImport.file_name, LedgerFlag.sheet, LedgerFlag.row, LedgerFlag.column,
            LedgerFlag.raw, LedgerImport.finished_at,
        )
        .join(LedgerImport, LedgerImport.id == LedgerFlag.import_id)
        .where(LedgerFlag.item_id == item_id)
        .order_by(LedgerFlag.id.desc())
        .limit(limit)
    )  # fmt: skip
    return SourceDetail(tuple(SnapshotRow(*row) for row in snapshots), tuple(FlagRow(*row) for row in flags))
