"""What is known of the installation itself: what is wrong and was told to its administrators, when it was backed up."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime


class Alert(Base):
    """A check that was not well from `opened_at` on; closed once it is well again. Never two open ones of one check."""

    __tablename__ = "alert"
    __table_args__ = (
        CheckConstraint("severity IN ('warning', 'fault')", name="severity"),
        Index(
            "ux_alert_open", "check_name", unique=True,
            postgresql_where=text("closed_at IS NULL"), sqlite_where=text("closed_at IS NULL"),
        ),
        Index("ix_alert_opened", "opened_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    check_name: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(10))
    #: {"said": {zh, en}, "mend": {zh, en}} as it was found last.
    found: Mapped[dict[str, object]] = mapped_column(JSON)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When it was last found, and last told.
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_count: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BackupMade(Base):
    """A backup of this database that was written whole; a restored city has none yet, whatever it was restored from."""

    __tablename__ = "backup_made"
    __table_args__ = (CheckConstraint("size_bytes >= 0 AND file_faults >= 0", name="counts"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: The moment whose state is in it, and when the file was whole.
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    #: Files that the store lacked, or had with other bytes.
    file_faults: Mapped[int]
    #: The SHA-256 that `backup check` prints of the same file.
    digest: Mapped[str] = mapped_column(String(64))
