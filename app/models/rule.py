"""The rules as stored: workflow versions, rule sets, the working calendar."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime


class WorkflowVersion(Base):
    """A workflow table as it stood at a release, in canonical JSON."""

    __tablename__ = "workflow_version"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RuleSet(Base):
    """Limits, ladders and thresholds from a day on; an item keeps the set that it started with."""

    __tablename__ = "rule_set"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    effective_on: Mapped[date]
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


_NOT_ENDED = text("published_at IS NULL AND withdrawn_at IS NULL")


class RuleChange(Base):
    """A change of rules: drafted, then published by somebody else as a rule set, or withdrawn.

    `changes` holds the new values by key, against the set `base_rule_set_id`; `authors` are all who wrote in it.
    """

    __tablename__ = "rule_change"
    __table_args__ = (
        CheckConstraint(
            "(published_at IS NULL) = (published_by IS NULL) AND (published_at IS NULL) = (rule_set_id IS NULL)",
            name="published_whole",
        ),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_whole"),
        CheckConstraint("published_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        CheckConstraint("published_by <> drafted_by", name="two_people"),
        UniqueConstraint("rule_set_id"),
        Index("ix_rule_change_open", "id", postgresql_where=_NOT_ENDED, sqlite_where=_NOT_ENDED),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    #: Counts what was saved, so that nobody writes over what they have not seen.
    version: Mapped[int] = mapped_column(default=1)
    base_rule_set_id: Mapped[int] = mapped_column(ForeignKey("rule_set.id"))
    changes: Mapped[dict[str, str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(300))
    #: The day from which it is wanted; null: from the day on which it is published.
    effective_on: Mapped[date | None]
    authors: Mapped[list[int]] = mapped_column(JSON)
    drafted_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    edited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rule_set_id: Mapped[int | None] = mapped_column(ForeignKey("rule_set.id"))
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What whoever published or withdrew it said.
    note: Mapped[str | None] = mapped_column(String(300))


class CalendarYear(Base):
    """A year whose table was loaded; without a row, or with a forecast only, the year is provisional."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(300))
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_forecast: Mapped[bool] = mapped_column(default=False)


class CalendarDay(Base):
    """A day that differs from its weekday: a holiday, or a weekend that is worked."""

    __tablename__ = "calendar_day"
    __table_args__ = (CheckConstraint("kind IN ('holiday', 'makeup')", name="kind"), UniqueConstraint("on_day"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    table_year: Mapped[int]
    on_day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
