"""Project templates as stored: like workflow versions, never altered in place."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.text import NAME_MAX
from app.models.organisation import in_list

SOURCES = ("shipped", "made")


class ProjectTemplate(Base):
    """A version of a template in canonical JSON; `made_from_item_id` is the project from which it was taken."""

    __tablename__ = "project_template"
    __table_args__ = (
        CheckConstraint(in_list("source", SOURCES), name="source"),
        CheckConstraint("version >= 1", name="version"),
        UniqueConstraint("key", "version"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(30))
    version: Mapped[int]
    label: Mapped[str] = mapped_column(String(NAME_MAX))
    label_en: Mapped[str] = mapped_column(String(NAME_MAX))
    source: Mapped[str] = mapped_column(String(10))
    body: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    made_from_item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
