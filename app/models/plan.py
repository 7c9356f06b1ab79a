"""A fund's plan of several years, as it was imported; amounts in fen of the fund's currency. It is no money yet."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.text import TITLE_MAX


class FundPlanRow(Base):
    """A project of a plan; `row_key` tells it again when the plan is imported anew, `flags` are codes."""

    __tablename__ = "fund_plan_row"
    __table_args__ = (UniqueConstraint("fund_id", "row_key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    row_key: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    #: As the file says it: a plan names who is to do the work before the city's departments are matched.
    department_text: Mapped[str] = mapped_column(String(TITLE_MAX))
    original_fen: Mapped[int] = mapped_column(BigInteger)
    #: The sum of its lines.
    total_fen: Mapped[int] = mapped_column(BigInteger)
    flags: Mapped[list[str]] = mapped_column(JSON)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class FundPlanLine(Base):
    """What one source pays of a project in a period: `prior`, a year, or `rest`. Below zero: a reduction."""

    __tablename__ = "fund_plan_line"
    __table_args__ = (CheckConstraint("amount_fen <> 0", name="amount"),)

    row_id: Mapped[int] = mapped_column(ForeignKey("fund_plan_row.id"), primary_key=True, autoincrement=False)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
