"""What ledgers brought: imports, flags on what was taken as it stood, snapshots of progress."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.text import NAME_MAX


class LedgerImport(Base):
    """One import that was committed."""

    __tablename__ = "ledger_import"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[str] = mapped_column(String(NAME_MAX))
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rows: Mapped[int]
    created: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]
    snapshots: Mapped[int]


class LedgerFlag(Base):
    """Something odd that was imported all the same; the raw text is kept and shown."""

    __tablename__ = "ledger_flag"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("ledger_import.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    sheet: Mapped[str | None] = mapped_column(String(NAME_MAX))
    row: Mapped[int | None]
    column: Mapped[str | None] = mapped_column(String(NAME_MAX))
    raw: Mapped[str | None] = mapped_column(Text)


class ProgressSnapshot(Base):
    """How a project or task stood on a reporting date, as its source said; never a transition."""

    __tablename__ = "progress_snapshot"
    __table_args__ = (UniqueConstraint("item_id", "as_of_on"), Index("ix_progress_snapshot_day", "as_of_on"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    as_of_on: Mapped[date]
    state: Mapped[str | None] = mapped_column(String(30))
    stage_text: Mapped[str | None] = mapped_column(String(NAME_MAX))
    forecast_on: Mapped[date | None]
    budget_fen: Mapped[int | None] = mapped_column(BigInteger)
    progress_pct: Mapped[int | None]
    reported_slip_days: Mapped[int | None]
    reported_light: Mapped[str | None] = mapped_column(String(10))
    text: Mapped[str | None] = mapped_column(Text)
    raw: Mapped[dict[str, object] | None] = mapped_column(JSON)
