"""Work that is too long for a request: imports, big exports, reports."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.text import NAME_MAX
from app.models.organisation import in_list

WORK_STATUSES = ("waiting", "running", "done", "failed", "cancelled")


class LongWork(Base):
    """Work too long for a request: asked for by a person, done beside the requests, its file kept for a while.

    `done_count` of `total_count` (null: not known yet) is its progress; `fault` says in both languages what failed.
    """

    __tablename__ = "long_work"
    __table_args__ = (
        CheckConstraint(in_list("status", WORK_STATUSES), name="status"),
        CheckConstraint("(status IN ('waiting', 'running')) = (finished_at IS NULL)", name="finished"),
        CheckConstraint("(fault IS NOT NULL) = (status = 'failed')", name="failed_with_fault"),
        Index("ix_long_work_person", "person_id", "id"),
        Index("ix_long_work_status", "status", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    lang: Mapped[str] = mapped_column(String(5))
    arguments: Mapped[dict[str, object]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    done_count: Mapped[int] = mapped_column(default=0)
    total_count: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Renewed while it runs; a run that stays silent was killed and begins again.
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    fault: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    input_sha256: Mapped[str | None] = mapped_column(String(64))
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str | None] = mapped_column(String(NAME_MAX))
    media_type: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(Text)
    #: The failed or cancelled work that was asked for again by this one; forgotten with its row.
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("long_work.id", ondelete="SET NULL"), index=True)
