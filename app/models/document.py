"""The register of source documents: what leaders wrote, letters, meeting papers, hotline orders, with who may read."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.text import NAME_MAX, TITLE_MAX
from app.models.item import URGENCIES
from app.models.organisation import in_list

DOCUMENT_KINDS = ("instruction", "letter", "meeting", "plan", "hotline", "proposal", "other")


class SourceDocument(Base):
    """A registered document. `number` stands on the paper, `register_number` is the register's own (收〔2026〕17号)."""

    __tablename__ = "source_document"
    __table_args__ = (
        CheckConstraint(in_list("kind", DOCUMENT_KINDS), name="kind"),
        CheckConstraint(in_list("urgency", URGENCIES), name="urgency"),
        CheckConstraint(f"length(title) BETWEEN 1 AND {TITLE_MAX}", name="title_length"),
        CheckConstraint(
            "kind <> 'instruction' OR leader_post_id IS NOT NULL OR leader_name IS NOT NULL",
            name="instruction_has_leader",
        ),
        Index("ix_source_document_kind", "kind", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    register_number: Mapped[str] = mapped_column(String(60), unique=True)
    number: Mapped[str | None] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    search_text: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str | None] = mapped_column(String(NAME_MAX))
    leader_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    leader_name: Mapped[str | None] = mapped_column(String(NAME_MAX))
    dated_on: Mapped[date | None]
    received_on: Mapped[date]
    text: Mapped[str | None] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(String(20), default="normal")
    confidential: Mapped[bool] = mapped_column(default=False)
    registered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DocumentReader(Base):
    """A person who may read a document by name."""

    __tablename__ = "document_reader"

    document_id: Mapped[int] = mapped_column(ForeignKey("source_document.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
