"""The processes of `flask worker`, each with its last sign of life."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime


class Worker(Base):
    """A process that takes jobs from the queue; `ended_at` null and `beat_at` old: it was killed."""

    __tablename__ = "worker"
    __table_args__ = (CheckConstraint("concurrency >= 1", name="concurrency"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    host: Mapped[str] = mapped_column(String(255))
    process_id: Mapped[int]
    #: Long works that it does at one time.
    concurrency: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
