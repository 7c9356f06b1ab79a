"""What stalls and how high it has risen: ladders, their instants, episodes, rungs, sweeps."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.models.organisation import in_list
from workflows.machine import Cause

CAUSES = tuple(cause.value for cause in Cause)


class LadderRung(Base):
    """A rung of a ladder of one rule set: kind, cause and level, counted from the end of the limit."""

    __tablename__ = "ladder_rung"
    __table_args__ = (
        UniqueConstraint("rule_set_id", "kind", "cause", "level"),
        CheckConstraint(in_list("cause", CAUSES), name="cause"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    rule_set_id: Mapped[int] = mapped_column(ForeignKey("rule_set.id"))
    #: All rungs of one (rule set, kind, cause) share it; episodes point here.
    ladder_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(20))
    cause: Mapped[str] = mapped_column(String(20))
    level: Mapped[int]
    after: Mapped[str] = mapped_column(String(20))
    to_role: Mapped[str] = mapped_column(String(40))
    #: By which way it is told: as each person has chosen, in the system only, or by mail at once.
    way: Mapped[str] = mapped_column(String(10), default="chosen", server_default=text("'chosen'"))


class RungInstant(Base):
    """When a rung of a ladder is reached for episodes counted from `base_on`; made anew by a calendar load."""

    __tablename__ = "rung_instant"

    ladder_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    base_on: Mapped[date] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The rung lies before the base: skipped when it is already past at the episode's opening.
    is_ahead: Mapped[bool]
    to_role: Mapped[str] = mapped_column(String(40))


class Episode(Base):
    """One cause of stalling of one item, from its anchor until it is answered; reopened rather than doubled."""

    __tablename__ = "episode"
    __table_args__ = (
        UniqueConstraint("item_id", "cause", "anchor"),
        CheckConstraint(in_list("cause", CAUSES), name="cause"),
        Index(
            "ix_episode_next",
            "next_at",
            postgresql_where=text("ended_at IS NULL AND next_at IS NOT NULL"),
            sqlite_where=text("ended_at IS NULL AND next_at IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    cause: Mapped[str] = mapped_column(String(20))
    anchor: Mapped[str] = mapped_column(String(80))
    ladder_id: Mapped[int]
    base_on: Mapped[date]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_level: Mapped[int | None]
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: A pending extension holds the ladder at its rung until then; `next_at` is not before it.
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Escalation(Base):
    """A rung that was reached: at most once per episode and level, however many sweeps run."""

    __tablename__ = "escalation"
    __table_args__ = (
        UniqueConstraint("episode_id", "level"),
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        Index("ix_escalation_item", "item_id"),
        Index("ix_escalation_needs_slip", "id", postgresql_where=text("needs_slip"), sqlite_where=text("needs_slip")),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    cause: Mapped[str] = mapped_column(String(20))
    level: Mapped[int]
    to_role: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: A higher rung was raised in the same sweep (after a long stop).
    is_superseded: Mapped[bool] = mapped_column(default=False)
    #: A slip is still to be made of it; what became of it stands in `slip_cover`.
    needs_slip: Mapped[bool] = mapped_column(default=False, server_default=false())


class Sweep(Base):
    """One run of the sweep; the last finished row is what pages show."""

    __tablename__ = "sweep"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    raised: Mapped[int] = mapped_column(default=0)
    lights: Mapped[int] = mapped_column(default=0)
    faults: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    source: Mapped[str] = mapped_column(String(20))


class JobRun(Base):
    """The last run of each job of the scheduler, and its heartbeat."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    message: Mapped[str | None] = mapped_column(Text)
    #: How often in a row it failed, up to now.
    failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))
