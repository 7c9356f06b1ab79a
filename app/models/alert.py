"""What is wrong with the installation and was told to its administrators."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index, String, text
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
