"""Substitution for a period: who may act for whom, from when until when, in which posts, for which kinds of items."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from workflows.delegation.period import REASON_MAX


class Delegation(Base):
    """One link from a principal to a substitute; never rewritten but by its answer and its end.

    In effect from the later of `from_at` and `accepted_at` until before the earlier of `to_at` and `ended_at`.
    `posts` and `kinds` are read whole with their row and never searched, so they are lists in it.
    """

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("from_at < to_at", name="interval"),
        CheckConstraint("principal_id <> substitute_id", name="not_oneself"),
        CheckConstraint("accepted_at IS NULL OR declined_at IS NULL", name="one_answer"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
        Index("ix_delegation_substitute", "substitute_id", "to_at"),
        Index("ix_delegation_principal", "principal_id", "to_at"),
        Index("ix_delegation_to", "to_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    principal_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    to_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Ids of the posts lent; null: all in which the principal may act.
    posts: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    #: Kinds of items; null: all.
    kinds: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    #: The highest amount that may be decided on, in fen; null: any. Kept for funds.
    amount_max_fen: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: Made by the coordination office for somebody who could not.
    is_by_office: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: What was said when it was declined or ended early.
    note: Mapped[str | None] = mapped_column(String(REASON_MAX))
