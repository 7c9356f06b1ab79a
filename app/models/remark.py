"""What people add to an item beside its steps: remarks and notes, copies for information, evidence, its archive.

None of it changes the item's state or version. Nothing here is deleted: a remark is corrected or withdrawn, a copy
withdrawn, an archived item taken out again, and each keeps what was there before.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.models.organisation import in_list
from workflows.archive.retention import RETENTIONS

REMARK_MAX = 5000
COPY_NOTE_MAX = 500
UNARCHIVE_REASON_MAX = 500
ARCHIVE_NUMBER_MAX = 60
_LIVE = text("withdrawn_at IS NULL")


class Remark(Base):
    """A remark for every reader of the item, or with `department_id` an internal note of that department."""

    __tablename__ = "remark"
    __table_args__ = (
        CheckConstraint(f"length(text) BETWEEN 1 AND {REMARK_MAX}", name="text_length"),
        Index("ix_remark_item", "item_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    #: Whose internal note it is; null: for every reader of the item.
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: In whose post it was written; null: by a reader without one.
    from_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    on_behalf_of: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: As it reads now; what it read before stands in `remark_text`.
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Its text is shown to auditors only from then on.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RemarkText(Base):
    """A text that a correction replaced; append-only."""

    __tablename__ = "remark_text"

    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Mention(Base):
    """Somebody whom a remark names, told once."""

    __tablename__ = "mention"

    remark_id: Mapped[int] = mapped_column(ForeignKey("remark.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)


class ItemCopy(Base):
    """A copy for information: who got the item to read, from whom, whether it was read; one live copy a person."""

    __tablename__ = "item_copy"
    __table_args__ = (
        CheckConstraint("withdrawn_at IS NULL OR read_at IS NULL", name="withdrawn_unread"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"),
        Index("uq_item_copy_live", "item_id", "person_id", unique=True, postgresql_where=_LIVE, sqlite_where=_LIVE),
        Index("ix_item_copy_person", "person_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    on_behalf_of: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str | None] = mapped_column(String(COPY_NOTE_MAX))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Whether this copy made the receiver a named reader: its withdrawal ends that again.
    is_naming: Mapped[bool]
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CriterionFile(Base):
    """A file of the item that proves one of its acceptance criteria."""

    __tablename__ = "criterion_file"

    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), primary_key=True, autoincrement=False)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), primary_key=True, index=True)


class ItemArchive(Base):
    """How long an item is kept, and its place in the archive; whatever stands below it is filed within it.

    While `archived_at` is set nobody writes to the item. A number once given stays with its item.
    """

    __tablename__ = "item_archive"
    __table_args__ = (
        CheckConstraint(in_list("retention", RETENTIONS), name="retention"),
        CheckConstraint("(archived_at IS NULL) = (archived_by IS NULL)", name="archived_by_somebody"),
        CheckConstraint("archived_at IS NULL OR (number IS NULL) <> (within_id IS NULL)", name="archived_with_number"),
        CheckConstraint(
            "(keep_until_on IS NULL) = (archived_at IS NULL OR retention = 'permanent')", name="kept_until"
        ),
        CheckConstraint(
            "(unarchived_at IS NULL) = (unarchived_by IS NULL)"
            " AND (unarchived_at IS NULL) = (unarchived_reason IS NULL)",
            name="unarchived_whole",
        ),
        CheckConstraint("item_id <> within_id", name="not_within_itself"),
        Index("ix_item_archive_archived", "archived_at", "item_id"),
        Index("ix_item_archive_kept", "keep_until_on"),
        Index("ix_item_archive_within", "within_id"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    retention: Mapped[str] = mapped_column(String(10))
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    number: Mapped[str | None] = mapped_column(String(ARCHIVE_NUMBER_MAX), unique=True)
    #: The item above with which it was filed.
    within_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    #: The last day on which it must be kept; null: for ever, or not archived.
    keep_until_on: Mapped[date | None]
    unarchived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unarchived_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unarchived_reason: Mapped[str | None] = mapped_column(String(UNARCHIVE_REASON_MAX))
