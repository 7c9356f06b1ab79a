"""What only allocations and disbursements have; amounts in fen of the fund's currency."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.text import NAME_MAX, TITLE_MAX
from app.models.organisation import in_list

GOAL_KINDS = ("quantity", "quality", "time", "cost", "benefit", "satisfaction")
SPENDING_KINDS = ("spend", "return")
_OPEN_CHANGE = text("outcome IS NULL")
_COUNTS = text("outcome IS NULL OR outcome = 'accepted'")


class Allocation(Base):
    """An allocation: asked for under a project, granted from a fund. `year` is the fund's year it stands in now."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("requested_fen > 0", name="requested"),
        CheckConstraint("minimum_fen IS NULL OR minimum_fen BETWEEN 1 AND requested_fen", name="minimum"),
        CheckConstraint("granted_fen IS NULL OR granted_fen > 0", name="granted"),
        CheckConstraint("score IS NULL OR score BETWEEN 0 AND 100", name="score"),
        Index("ix_allocation_fund", "fund_id", "year", "item_id"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    first_year: Mapped[int]
    year: Mapped[int]
    earmark_id: Mapped[int | None] = mapped_column(ForeignKey("fund_earmark.id"))
    purpose: Mapped[str] = mapped_column(Text)
    need: Mapped[str] = mapped_column(Text)
    requested_fen: Mapped[int] = mapped_column(BigInteger)
    #: The least with which it makes sense; null: all or nothing.
    minimum_fen: Mapped[int | None] = mapped_column(BigInteger)
    granted_fen: Mapped[int | None] = mapped_column(BigInteger)
    basis: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    notice_from_on: Mapped[date | None]
    notice_until_on: Mapped[date | None]
    allocated_on: Mapped[date | None]
    idle_warned_on: Mapped[date | None]
    #: From this day on warned idle money may be taken back.
    take_back_from_on: Mapped[date | None]
    #: Who decided, by the fund's rule, what its balance did not cover.
    exception_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    results: Mapped[str | None] = mapped_column(Text)
    score: Mapped[int | None]
    assessment: Mapped[str | None] = mapped_column(Text)


class AllocationGoal(Base):
    """A performance goal: an indicator with what is aimed at, and what was reached."""

    __tablename__ = "allocation_goal"
    __table_args__ = (CheckConstraint(in_list("kind", GOAL_KINDS), name="kind"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    indicator: Mapped[str] = mapped_column(String(TITLE_MAX))
    target: Mapped[str] = mapped_column(String(TITLE_MAX))
    result: Mapped[str | None] = mapped_column(Text)


class AllocationTranche(Base):
    """An instalment 期次, drawn once its milestone is met and the ones before it were drawn."""

    __tablename__ = "allocation_tranche"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("(met_on IS NULL) = (met_by IS NULL)", name="met_by_somebody"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: The milestone that must be met first; null: none, as for a first instalment.
    milestone: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    planned_on: Mapped[date | None]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    met_on: Mapped[date | None]
    met_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    met_evidence: Mapped[str | None] = mapped_column(Text)


class AllocationObjection(Base):
    """An objection raised during the public notice, with its answer."""

    __tablename__ = "allocation_objection"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered_whole"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    said_by: Mapped[str] = mapped_column(String(TITLE_MAX))
    text: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AllocationTransfer(Base):
    """A proposed transfer of committed money to another allocation of the same fund and year; one at a time."""

    __tablename__ = "allocation_transfer"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("from_item_id <> to_item_id", name="two_items"),
        CheckConstraint("outcome IN ('made', 'refused')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_whole"),
        Index("uq_allocation_transfer_open", "from_item_id", unique=True, postgresql_where=_OPEN_CHANGE,
              sqlite_where=_OPEN_CHANGE),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    from_item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    to_item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(10))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Disbursement(Base):
    """A payment of an allocation (the item above it); its instalment is drawn by it unless it is cancelled."""

    __tablename__ = "disbursement"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("(paid_on IS NULL) = (voucher IS NULL)", name="paid_with_voucher"),
        Index("ix_disbursement_fund", "fund_id", "item_id"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    tranche_seq: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    payee_department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    account: Mapped[str] = mapped_column(String(NAME_MAX))
    bank: Mapped[str] = mapped_column(String(NAME_MAX))
    contract: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    #: The number of the payment order, given when it is checked; banks answer by it.
    order_number: Mapped[str | None] = mapped_column(String(60), unique=True)
    voucher: Mapped[str | None] = mapped_column(String(NAME_MAX))
    paid_on: Mapped[date | None]


class Spending(Base):
    """What a department reports of money that it was paid: spent with receipts, or returned; finance decides it."""

    __tablename__ = "spending"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint(in_list("kind", SPENDING_KINDS), name="kind"),
        CheckConstraint("outcome IN ('accepted', 'refused')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_whole"),
        Index("uq_spending_voucher", "item_id", "kind", "voucher", unique=True, postgresql_where=_COUNTS,
              sqlite_where=_COUNTS),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    kind: Mapped[str] = mapped_column(String(10))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    on_day: Mapped[date]
    voucher: Mapped[str] = mapped_column(String(NAME_MAX))
    text: Mapped[str] = mapped_column(Text)
    receipts: Mapped[str | None] = mapped_column(Text)
    filed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(10))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    posting_id: Mapped[int | None] = mapped_column(ForeignKey("fund_posting.id"))
