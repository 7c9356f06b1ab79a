"""Calls for requests of a fund: who takes part, the reviewers' scores, every proposal that was computed, the decision.

Amounts in fen. Scores, proposals and decisions are append-only by triggers.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.text import TITLE_MAX
from app.models.organisation import in_list

CALL_STATES = ("drafted", "open", "scoring", "proposed", "decided", "cancelled")
_TAKES_PART = text("withdrawn_at IS NULL")


class FundCall(Base):
    """A call of a fund for a year; `criteria` is [{name, weight}] with weights that add up to 100."""

    __tablename__ = "fund_call"
    __table_args__ = (
        CheckConstraint(in_list("state", CALL_STATES), name="state"),
        CheckConstraint("cap_fen > 0", name="cap"),
        CheckConstraint("opens_on <= closes_on", name="days"),
        CheckConstraint(f"length(title) BETWEEN 1 AND {TITLE_MAX}", name="title_length"),
        CheckConstraint(
            "(state = 'decided') = (decided_at IS NOT NULL) AND (decided_at IS NULL) = (decided_fen IS NULL)"
            " AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_with_figures",
        ),
        CheckConstraint("(state = 'cancelled') = (cancel_reason IS NOT NULL)", name="cancelled_with_reason"),
        CheckConstraint("decided_fen IS NULL OR decided_fen BETWEEN 0 AND cap_fen", name="decided_within_cap"),
        Index("ix_fund_call_fund", "fund_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    text: Mapped[str] = mapped_column(Text)
    opens_on: Mapped[date]
    #: The last day on which a request may be entered.
    closes_on: Mapped[date]
    cap_fen: Mapped[int] = mapped_column(BigInteger)
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default="drafted")
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_fen: Mapped[int | None] = mapped_column(BigInteger)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str | None] = mapped_column(Text)


class CallLimit(Base):
    """What a department gets at least and at most in a call."""

    __tablename__ = "call_limit"
    __table_args__ = (
        CheckConstraint("floor_fen IS NOT NULL OR ceiling_fen IS NOT NULL", name="says_something"),
        CheckConstraint("floor_fen IS NULL OR floor_fen > 0", name="floor"),
        CheckConstraint("ceiling_fen IS NULL OR ceiling_fen >= COALESCE(floor_fen, 0)", name="ceiling"),
    )

    call_id: Mapped[int] = mapped_column(ForeignKey("fund_call.id"), primary_key=True, autoincrement=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), primary_key=True, autoincrement=False)
    floor_fen: Mapped[int | None] = mapped_column(BigInteger)
    ceiling_fen: Mapped[int | None] = mapped_column(BigInteger)


class CallReviewer(Base):
    """Who scores the requests of a call."""

    __tablename__ = "call_reviewer"

    call_id: Mapped[int] = mapped_column(ForeignKey("fund_call.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False, index=True)


class CallEntry(Base):
    """A request that takes part; one that was withdrawn takes part no more. A request stands in one call only."""

    __tablename__ = "call_entry"
    __table_args__ = (
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"),
        Index("ix_call_entry_call", "call_id", "id"),
        Index("uq_call_entry_item", "item_id", unique=True, postgresql_where=_TAKES_PART, sqlite_where=_TAKES_PART),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("fund_call.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    entered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CallScore(Base):
    """The points that a reviewer gave an entry by one criterion (its place in the call's list, from 1). Append-only."""

    __tablename__ = "call_score"
    __table_args__ = (CheckConstraint("points BETWEEN 0 AND 100", name="points"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("call_entry.id"), primary_key=True, autoincrement=False)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    criterion: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    call_id: Mapped[int] = mapped_column(ForeignKey("fund_call.id"), index=True)
    points: Mapped[int]
    scored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CallProposal(Base):
    """A proposal as it was computed; `input_hash` is that of everything it rests on. Append-only: each run is kept."""

    __tablename__ = "call_proposal"
    __table_args__ = (Index("ix_call_proposal_call", "call_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("fund_call.id"))
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    computed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    input_hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class CallDecision(Base):
    """What was decided on an entry; a reason where it deviates from the proposal. Append-only."""

    __tablename__ = "call_decision"
    __table_args__ = (
        CheckConstraint("amount_fen >= 0 AND proposed_fen >= 0", name="amounts"),
        CheckConstraint("amount_fen = proposed_fen OR reason IS NOT NULL", name="deviation_has_reason"),
        Index("ix_call_decision_call", "call_id"),
    )

    entry_id: Mapped[int] = mapped_column(ForeignKey("call_entry.id"), primary_key=True, autoincrement=False)
    call_id: Mapped[int] = mapped_column(ForeignKey("fund_call.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("call_proposal.id"))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    proposed_fen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
