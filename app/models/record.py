"""What happened: history and audit (append-only by triggers), answers kept for repeated requests, the outbox."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.models.organisation import in_list

SLOT_PURPOSES = ("rule", "extra", "opinion")
SLOT_ENDS = ("removed", "transferred", "taken_back", "void")
OUTBOX_STATUSES = ("pending", "sending", "sent", "failed", "muted")


class History(Base):
    """One step of one item; `seq` orders an item's rows, never the time."""

    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("item_id", "seq"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    seq: Mapped[int]
    action: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str | None] = mapped_column(String(30))
    to_state: Mapped[str] = mapped_column(String(30))
    workflow_version: Mapped[int]
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    acting_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    acting_role: Mapped[str] = mapped_column(String(40))
    acting_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    on_behalf_of: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    data: Mapped[dict[str, object]] = mapped_column(JSON)


class Audit(Base):
    """One act on the system, allowed or refused. The canonical form is the JSON of these columns by name."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_item", "item_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    action: Mapped[str] = mapped_column(String(60))
    outcome: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    subject: Mapped[str | None] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    acting_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    acting_role: Mapped[str | None] = mapped_column(String(40))
    acting_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    on_behalf_of: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(20))
    before: Mapped[dict[str, object] | None] = mapped_column(JSON)
    after: Mapped[dict[str, object] | None] = mapped_column(JSON)


class Outbox(Base):
    """A message that is owed; `recipient` is a reader key, turned into people when it is sent."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(in_list("status", OUTBOX_STATUSES), name="status"),
        UniqueConstraint("unique_key"),
        Index("ix_outbox_pending", "status", "not_before"),
        Index("ix_outbox_item", "item_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    recipient: Mapped[str] = mapped_column(String(30))
    topic: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, object]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(10), default="pending")
    #: Who wrote it can say it only once: `rung:{episode}:{level}` or null.
    unique_key: Mapped[str | None] = mapped_column(String(80))
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Idempotency(Base):
    """The answer to a request that a caller may repeat; kept for seven days."""

    __tablename__ = "idempotency"

    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    answer: Mapped[dict[str, object] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class NumberSeries(Base):
    """The next number of a kind of paper, per issuer and year."""

    __tablename__ = "number_series"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    issuer: Mapped[str] = mapped_column(String(60), primary_key=True)
    next: Mapped[int] = mapped_column(default=1)


class SignOff(Base):
    """A round of signatures on an item, opened by a step, bound to the content version it began with."""

    __tablename__ = "sign_off"
    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (closed_at IS NULL)", name="closed_with_outcome"),
        CheckConstraint("outcome IN ('agreed', 'refused', 'void')", name="outcome"),
        Index("ix_sign_off_item", "item_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    name: Mapped[str] = mapped_column(String(40))
    content_version: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(10))
    #: What is signed, by name: title, date, lead, supporters, criteria; null for rounds from before this was kept.
    content: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    #: The rule by which it was opened, kept to its end; null: as the item's workflow has it.
    rule: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))


class SignSlot(Base):
    """One signature that is wanted: of a role in one department, of a post, or of a named person.

    Whoever holds it now may give it. A slot is never deleted: it ends, and a successor (`origin_slot`) takes its place.
    """

    __tablename__ = "sign_slot"
    __table_args__ = (
        CheckConstraint(in_list("purpose", SLOT_PURPOSES), name="purpose"),
        CheckConstraint(in_list("ended", SLOT_ENDS), name="ended"),
        CheckConstraint("(ended IS NULL) = (ended_at IS NULL)", name="ended_with_time"),
    )

    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"), primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(String(40))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    #: The place in a sequence: a turn begins when all earlier ones have signed.
    turn: Mapped[int] = mapped_column(default=1, server_default="1")
    #: A seat whose holder signs, or a person who was named.
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    weight: Mapped[int] = mapped_column(default=1, server_default="1")
    purpose: Mapped[str] = mapped_column(String(10), default="rule", server_default="rule")
    #: The slot that waits for this one, and the one for which this one waits.
    before_slot: Mapped[int | None]
    after_slot: Mapped[int | None]
    origin_slot: Mapped[int | None]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended: Mapped[str | None] = mapped_column(String(12))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Whether it may be signed now: written with each move, so that lists need not work it out.
    is_due: Mapped[bool] = mapped_column(default=False, server_default=false())


class PaperSignature(Base):
    """What one person recorded of a signature on paper (纸质签批); it counts once a second person has confirmed it.

    It waits while `outcome` is null and its slot waits; a slot that was signed or ended otherwise leaves it behind.
    """

    __tablename__ = "paper_signature"
    __table_args__ = (
        CheckConstraint("verdict IN ('agree', 'refuse')", name="verdict"),
        CheckConstraint("outcome IN ('confirmed', 'rejected')", name="outcome"),
        CheckConstraint(
            "(outcome IS NULL) = (decided_by IS NULL) AND (outcome IS NULL) = (decided_at IS NULL)",
            name="decided_whole",
        ),
        CheckConstraint("outcome <> 'confirmed' OR decided_by <> recorded_by", name="two_people"),
        Index(
            "ux_paper_signature_waiting", "sign_off_id", "slot", unique=True,
            postgresql_where=text("outcome IS NULL"), sqlite_where=text("outcome IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"))
    slot: Mapped[int]
    #: Whose hand it is, and in which post.
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    verdict: Mapped[str] = mapped_column(String(10))
    remark: Mapped[str | None] = mapped_column(Text)
    signed_on: Mapped[date]
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(10))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)


class Signature(Base):
    """A signature that was given; never changed, never two for one slot."""

    __tablename__ = "signature"
    __table_args__ = (CheckConstraint("verdict IN ('agree', 'refuse')", name="verdict"),)

    sign_off_id: Mapped[int] = mapped_column(ForeignKey("sign_off.id"), primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: For whom a substitute gave it.
    on_behalf_of: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    verdict: Mapped[str] = mapped_column(String(10))
    remark: Mapped[str | None] = mapped_column(Text)
    content_version: Mapped[int]
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The record of a signature that was given on paper.
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper_signature.id"))
