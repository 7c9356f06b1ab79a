"""Supervision: slips and what they cover, requests, departments' marks, reports owed."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.models.escalation import CAUSES
from app.models.item import LIGHTS
from app.models.organisation import in_list

REQUEST_KINDS = ("extension", "suspension", "resumption", "dispute", "reassignment", "light")
COVER_OUTCOMES = ("made", "joined", "answered", "nobody")


class Slip(Base):
    """What only a supervision slip has; the item above it is its matter, the item's department must answer."""

    __tablename__ = "slip"
    __table_args__ = (
        CheckConstraint("level IN (2, 3)", name="level"),
        CheckConstraint(in_list("cause", CAUSES), name="cause"),
        CheckConstraint("points >= 0", name="points"),
        Index("ix_slip_issue_at", "issue_at", postgresql_where=text("issue_at IS NOT NULL")),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    level: Mapped[int]
    cause: Mapped[str] = mapped_column(String(20))
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"), index=True)
    #: When a draft issues itself; null once it is issued or withdrawn.
    issue_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    appealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What is demanded, as the office has corrected it; null: the standard words for the cause.
    demand: Mapped[str | None] = mapped_column(Text)
    #: What the slip rests on, as it was when it was made: due date, rung's instant, working days late.
    basis: Mapped[dict[str, object]] = mapped_column(JSON)
    answer: Mapped[str | None] = mapped_column(Text)
    promised_on: Mapped[date | None]
    points: Mapped[int] = mapped_column(default=0)


class SlipCover(Base):
    """What became of a rung of level 2 or 3: one row for each department that it concerned.

    `made`: a slip of its own; `joined`: an open slip of the same matter and level covers it; `answered`: its
    cause had ended before; `nobody`: no department to answer.
    """

    __tablename__ = "slip_cover"
    __table_args__ = (
        UniqueConstraint("escalation_id", "department_id"),
        CheckConstraint(in_list("outcome", COVER_OUTCOMES), name="outcome"),
        CheckConstraint("(slip_id IS NOT NULL) = (outcome IN ('made', 'joined'))", name="slip"),
        Index("ix_slip_cover_slip", "slip_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalation.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    slip_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    outcome: Mapped[str] = mapped_column(String(10))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DepartmentMark(Base):
    """Points in a department's record; what an upheld appeal takes back is a row of its own, never a change."""

    __tablename__ = "department_mark"
    __table_args__ = (
        Index("ix_department_mark_department", "department_id", "on_day"),
        Index("ix_department_mark_slip", "slip_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    slip_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(String(40))
    on_day: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SupervisionRequest(Base):
    """What only a request has; the item above it is its subject. `granted_*` is what was decided."""

    __tablename__ = "request"
    __table_args__ = (
        CheckConstraint(in_list("request_kind", REQUEST_KINDS), name="request_kind"),
        CheckConstraint(in_list("light", LIGHTS), name="light"),
        CheckConstraint("request_kind <> 'extension' OR new_due_on IS NOT NULL", name="extension_has_date"),
        CheckConstraint(
            "request_kind <> 'light' OR (light IS NOT NULL AND until_on IS NOT NULL)", name="light_has_end"
        ),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    request_kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    progress: Mapped[str | None] = mapped_column(Text)
    old_due_on: Mapped[date | None]
    new_due_on: Mapped[date | None]
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    light: Mapped[str | None] = mapped_column(String(10))
    until_on: Mapped[date | None]
    granted_due_on: Mapped[date | None]
    granted_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))


class ReportOwed(Base):
    """A period for which a report was owed and had not come when the period ended."""

    __tablename__ = "report_owed"
    __table_args__ = (
        UniqueConstraint("item_id", "period"),
        Index(
            "ix_report_owed_open",
            "item_id",
            postgresql_where=text("answered_at IS NULL"),
            sqlite_where=text("answered_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    #: Canonical: 2026-W10, 2026-03-T1 (the first ten days), 2026-03.
    period: Mapped[str] = mapped_column(String(20))
    ends_on: Mapped[date]
    #: The day on which the limit to send it in ends.
    due_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
