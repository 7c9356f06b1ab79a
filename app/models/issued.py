"""Papers as they were issued, frozen: what each says of itself, and its files by hash; append-only by triggers."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.text import NAME_MAX
from app.models.organisation import in_list

ENDINGS = ("pdf", "docx", "xlsx")
LANGS = ("zh", "en")
#: Letters of a code: 5 bits each, 100 in all.
CODE_LENGTH = 20
#: A title with the name of its kind before it.
PAPER_TITLE_MAX = 400


class IssuedPaper(Base):
    """One issue of one paper. A correction is a row of its own that names the one it replaces.

    `scope_id` is what the paper tells of: an item's, a department's or a fund's id, 0 for the whole city; `period` the
    month or year, "" without one. `edition` says which state of it was printed ("1": the first version of minutes,
    "paid": a paid order), so that no state is issued twice. `tells_of` are the items that stand in it: whoever may
    not read one of them gets no copy. `frozen_at` is when the files were made.
    """

    __tablename__ = "issued_paper"
    __table_args__ = (
        UniqueConstraint("kind", "scope_id", "period", "version"),
        UniqueConstraint("kind", "scope_id", "period", "edition"),
        UniqueConstraint("code"),
        UniqueConstraint("replaces_id"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(version = 1) = (replaces_id IS NULL)", name="later_replaces"),
        CheckConstraint("reason IS NULL OR replaces_id IS NOT NULL", name="reason_of_correction"),
        CheckConstraint(f"length(code) = {CODE_LENGTH}", name="code_length"),
        CheckConstraint("length(number) >= 1", name="number_given"),
        CheckConstraint("item_id IS NULL OR item_id = scope_id", name="item_is_scope"),
        Index("ix_issued_paper_item", "item_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    scope_id: Mapped[int] = mapped_column(BigInteger)
    period: Mapped[str] = mapped_column(String(10))
    edition: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("issued_paper.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(String(PAPER_TITLE_MAX))
    title_en: Mapped[str] = mapped_column(String(PAPER_TITLE_MAX))
    issuer: Mapped[str] = mapped_column(String(2 * NAME_MAX))
    issuer_en: Mapped[str] = mapped_column(String(2 * NAME_MAX))
    confidential: Mapped[bool]
    tells_of: Mapped[list[int]] = mapped_column(JSON)
    data_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issued_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    rule_set_id: Mapped[int | None] = mapped_column(ForeignKey("rule_set.id"))
    template: Mapped[int]
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IssuedFile(Base):
    """One file of an issue; its bytes lie in the store under their SHA-256 for good."""

    __tablename__ = "issued_file"
    __table_args__ = (
        CheckConstraint(in_list("ending", ENDINGS), name="ending"),
        CheckConstraint(in_list("lang", LANGS), name="lang"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("size_bytes > 0", name="size"),
        Index("ix_issued_file_sha256", "sha256"),
    )

    paper_id: Mapped[int] = mapped_column(ForeignKey("issued_paper.id"), primary_key=True, autoincrement=False)
    ending: Mapped[str] = mapped_column(String(4), primary_key=True)
    lang: Mapped[str] = mapped_column(String(2), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    file_name: Mapped[str] = mapped_column(String(NAME_MAX))
