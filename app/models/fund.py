"""Special funds: a fund with its rules and years, and its ledger in whole fen.

The ledger's rows are legs from one account to another, so that no posting can fail to sum to zero; postings and
entries are append-only by triggers. Balances and totals are kept beside them and compared by `flask fund check`.
"""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.text import NAME_MAX, TITLE_MAX
from app.models.organisation import in_list

CONTROLS = ("stop", "warn", "free")
SURPLUS = ("carry", "surrender")
#: Where money stands. `source` and `carried_over` are where it comes from and goes to: they may be negative.
ACCOUNT_KINDS = ("source", "uncommitted", "reserved", "committed", "paid", "spent", "returned", "carried_over")
OPERATIONS = (
    "appropriate", "supplement", "cut", "earmark", "release_earmark", "reserve", "release", "commit", "pay", "spend",
    "return", "reuse", "transfer", "take_back", "carry", "surrender", "reverse",
)  # fmt: skip
_FREE_KINDS = "kind IN ('source', 'carried_over')"


class Fund(Base):
    """A special fund; `department_id` is the finance department that manages it."""

    __tablename__ = "fund"
    __table_args__ = (
        CheckConstraint(f"length(name) BETWEEN 1 AND {TITLE_MAX}", name="name_length"),
        CheckConstraint("first_year BETWEEN 2000 AND 2099 AND last_year BETWEEN first_year AND 2099", name="years"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(TITLE_MAX))
    name_en: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    purpose: Mapped[str] = mapped_column(Text)
    source_document: Mapped[str] = mapped_column(String(TITLE_MAX))
    currency: Mapped[str] = mapped_column(String(3))
    first_year: Mapped[int]
    last_year: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FundRule(Base):
    """The rules of a fund from a day on; never changed, a newer row replaces it. The rule of a day is its newest."""

    __tablename__ = "fund_rule"
    __table_args__ = (
        CheckConstraint(in_list("control", CONTROLS), name="control"),
        CheckConstraint(in_list("surplus", SURPLUS), name="surplus"),
        CheckConstraint("(control = 'warn') = (exception_post_id IS NOT NULL)", name="warn_names_approver"),
        CheckConstraint("leaders_from_fen IS NULL OR leaders_from_fen > 0", name="threshold"),
        CheckConstraint("notice_workdays BETWEEN 0 AND 100", name="notice"),
        CheckConstraint("idle_workdays IS NULL OR idle_workdays BETWEEN 1 AND 1000", name="idle"),
        CheckConstraint("warning_workdays BETWEEN 0 AND 100", name="warning"),
        Index("ix_fund_rule_day", "fund_id", "from_on", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    from_on: Mapped[date]
    control: Mapped[str] = mapped_column(String(10))
    #: Under `warn`: the post whose holder alone may decide what the balance does not cover.
    exception_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    #: From this amount on the leadership group decides; null: finance decides all.
    leaders_from_fen: Mapped[int | None] = mapped_column(BigInteger)
    notice_workdays: Mapped[int] = mapped_column(default=0)
    #: Money of which nothing was drawn for so long is idle; null: never by rule.
    idle_workdays: Mapped[int | None]
    #: So long after the warning idle money may be taken back.
    warning_workdays: Mapped[int] = mapped_column(default=10)
    surplus: Mapped[str] = mapped_column(String(10))
    #: The word of the numbers of its allocations: 云财专〔2026〕3号.
    number_sign: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FundYear(Base):
    """A fund's fiscal year: its lock, its count of postings, and what stands where in sum, in fen.

    `opening` is what it began with by carry-over, `closing` what stood where when it was closed, before that was
    carried on: {account kind: fen}.
    """

    __tablename__ = "fund_year"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (closing IS NULL)", name="closed_with_figures"),
        CheckConstraint(
            "source_fen + carried_over_fen + uncommitted_fen + reserved_fen + committed_fen + paid_fen + spent_fen"
            " + returned_fen = 0",
            name="sums_to_zero",
        ),
    )

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    posted: Mapped[int] = mapped_column(default=0)
    source_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    carried_over_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    uncommitted_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    reserved_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    committed_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    spent_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    returned_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    opening: Mapped[dict[str, int]] = mapped_column(JSON)
    closing: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class FundEarmark(Base):
    """What a part of a fund's money is kept for; in each year its account is `uncommitted` held by it."""

    __tablename__ = "fund_earmark"
    __table_args__ = (UniqueConstraint("fund_id", "name"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    #: Only this department's requests may draw on it; null: whoever serves its purpose.
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))


class FundAccount(Base):
    """Where money of a fund and year stands.

    `holder_id`: an earmark or 0 (uncommitted), an allocation's item (reserved, committed), a disbursement's (paid,
    spent, returned), 0 (source, carried over). `allocation_id` is the allocation of either item.
    """

    __tablename__ = "fund_account"
    __table_args__ = (
        CheckConstraint(in_list("kind", ACCOUNT_KINDS), name="kind"),
        CheckConstraint(f"{_FREE_KINDS} OR balance_fen + overdraft_fen >= 0", name="not_negative"),
        CheckConstraint("overdraft_fen >= 0 AND (overdraft_fen = 0 OR kind = 'uncommitted')", name="overdraft"),
        UniqueConstraint("fund_id", "year", "kind", "holder_id"),
        Index("ix_fund_account_department", "department_id", "fund_id", "year"),
        Index("ix_fund_account_allocation", "allocation_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    holder_id: Mapped[int] = mapped_column(BigInteger, default=0)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    allocation_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    balance_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    #: By how much it may stand below zero: what an exception under the rule of its day has allowed, no fen more.
    overdraft_fen: Mapped[int] = mapped_column(BigInteger, default=0)


class FundDepartment(Base):
    """What stands where for one department in a fund's year, in fen; kept with every posting."""

    __tablename__ = "fund_department"

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True, autoincrement=False)
    reserved_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    committed_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    spent_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    returned_fen: Mapped[int] = mapped_column(BigInteger, default=0)


class FundPosting(Base):
    """One act in the ledger; `seq` numbers a fund's year without gaps. Append-only."""

    __tablename__ = "fund_posting"
    __table_args__ = (
        CheckConstraint(in_list("operation", OPERATIONS), name="operation"),
        CheckConstraint("(operation = 'reverse') = (reverses_id IS NOT NULL)", name="reverses"),
        UniqueConstraint("fund_id", "year", "seq"),
        Index("uq_fund_posting_voucher", "fund_id", "voucher", unique=True,
              postgresql_where=text("operation = 'pay'"), sqlite_where=text("operation = 'pay'")),
        Index("ix_fund_posting_item", "item_id"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    year: Mapped[int]
    seq: Mapped[int]
    operation: Mapped[str] = mapped_column(String(20))
    on_day: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("fund_posting.id"), unique=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("fund_rule.id"))
    #: More was committed than was free, by the exception that the rule of the day allows.
    is_exception: Mapped[bool] = mapped_column(default=False)
    voucher: Mapped[str | None] = mapped_column(String(NAME_MAX))
    basis: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    note: Mapped[str | None] = mapped_column(Text)
    #: What may be posted once only carries a key: `pay:12`.
    unique_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    acting_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    acting_role: Mapped[str] = mapped_column(String(40))
    acting_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    on_behalf_of: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class FundEntry(Base):
    """One leg of a posting: so many fen from one account to another. Append-only."""

    __tablename__ = "fund_entry"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="positive"),
        CheckConstraint("from_account_id <> to_account_id", name="two_accounts"),
        Index("ix_fund_entry_posting", "posting_id"),
        Index("ix_fund_entry_from", "from_account_id", "id"),
        Index("ix_fund_entry_to", "to_account_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    posting_id: Mapped[int] = mapped_column(ForeignKey("fund_posting.id"))
    from_account_id: Mapped[int] = mapped_column(ForeignKey("fund_account.id"))
    to_account_id: Mapped[int] = mapped_column(ForeignKey("fund_account.id"))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
