"""Files that hang on an item or on a registered document; the bytes lie in the store under their SHA-256.

A row is never deleted: removal hides it and keeps who, when and why.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.models.organisation import in_list

ATTACHMENT_KINDS = ("scan", "evidence", "paper", "other")
ATTACHMENT_NAME_MAX = 200
REASON_MAX = 500


class Attachment(Base):
    """One file; `name` is shown, `media_type` was found from the content."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("(item_id IS NULL) <> (document_id IS NULL)", name="one_parent"),
        CheckConstraint(in_list("kind", ATTACHMENT_KINDS), name="kind"),
        CheckConstraint(f"length(name) BETWEEN 1 AND {ATTACHMENT_NAME_MAX}", name="name_length"),
        CheckConstraint("size_bytes > 0", name="size"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint(
            "(removed_at IS NULL) = (removed_by IS NULL) AND (removed_at IS NULL) = (removed_reason IS NULL)",
            name="removed_whole",
        ),
        Index("ix_attachment_item", "item_id"),
        Index("ix_attachment_document", "document_id"),
        Index("ix_attachment_sha256", "sha256"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("source_document.id"))
    name: Mapped[str] = mapped_column(String(ATTACHMENT_NAME_MAX))
    media_type: Mapped[str] = mapped_column(String(120))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_reason: Mapped[str | None] = mapped_column(String(REASON_MAX))
