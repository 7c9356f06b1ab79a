"""The rules as stored: workflow versions, rule sets, the working calendar."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, String, Text, UniqueConstraint
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
