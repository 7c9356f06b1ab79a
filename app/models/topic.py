"""What only topics and decisions have, and what is written of a meeting: texts by revision, comments, minutes."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.models.organisation import in_list

TOPIC_KINDS = ("topic", "follow_up", "escalated", "procedural")
MATTERS = ("coordination", "progress", "project", "project_list", "fund_plan", "policy")
OUTCOMES = ("agreed", "agreed_with_changes", "not_agreed", "noted")


class AgendaItem(Base):
    """A topic. `meeting_id` is the meeting for which it is proposed; on the agenda it is also the item's parent.

    `kind`: proposed by a department, standing report on earlier decisions, an escalated item (the item's source), or
    procedural (imported headings). `sought` is the decision that is asked for. `consent` is what the countersigning
    gave: {"agreed": [department ids], "dissent": [[department id, text]]}.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        CheckConstraint(in_list("kind", TOPIC_KINDS), name="kind"),
        CheckConstraint(in_list("matter", MATTERS), name="matter"),
        CheckConstraint(in_list("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("minutes_wanted IS NULL OR minutes_wanted BETWEEN 1 AND 600", name="minutes"),
        CheckConstraint("(votes_for IS NULL) = (votes_against IS NULL)", name="votes_whole"),
        CheckConstraint("ended_at IS NULL OR started_at IS NOT NULL", name="ended_after_start"),
        Index("ix_agenda_item_meeting", "meeting_id", "position"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    #: The meeting for which it was proposed first.
    first_meeting_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    kind: Mapped[str] = mapped_column(String(20), default="topic")
    matter: Mapped[str] = mapped_column(String(20), default="coordination")
    #: The place on the agenda, 1 first; null while it is not on it.
    position: Mapped[int | None]
    brief: Mapped[str | None] = mapped_column(Text)
    sought: Mapped[str | None] = mapped_column(Text)
    minutes_wanted: Mapped[int | None]
    consent: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    #: The chair's ruling that admitted it against the standing orders, and which ones.
    overruled: Mapped[str | None] = mapped_column(Text)
    overruled_codes: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    is_late: Mapped[bool] = mapped_column(default=False)
    deferrals: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(30))
    conclusion: Mapped[str | None] = mapped_column(Text)
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    votes_abstained: Mapped[int | None]
    #: What an imported file said besides, kept as it stood.
    raw: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))


class Decision(Base):
    """A decision of a meeting; its lead, supporters and due date are the item's own.

    `wanted` are the acceptance criteria. `flags` name what an import could not read: no_owner, no_date, many_owners,
    date_text; `raw` keeps what stood there.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("seq > 0", name="seq"),
        UniqueConstraint("meeting_id", "seq"),
        Index("ix_decision_agenda_item", "agenda_item_id"),
        Index("ix_decision_task", "task_id"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    seq: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    is_information: Mapped[bool] = mapped_column(default=False)
    wanted: Mapped[list[str]] = mapped_column(JSON)
    #: The task that was made of it; null: for information, or not issued yet.
    task_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    settled_on: Mapped[date | None]
    flags: Mapped[list[str]] = mapped_column(JSON)
    raw: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))


class MeetingText(Base):
    """What was written about one part of a meeting, by revision; the highest is the present one, none is ever lost.

    `place` is `opening`, `closing`, or `topic:<item id>`.
    """

    __tablename__ = "meeting_text"
    __table_args__ = (UniqueConstraint("meeting_id", "place", "revision"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    place: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: The revision whose text was taken again.
    restored_from: Mapped[int | None]


class MinutesComment(Base):
    """What a unit says about draft minutes, and how the office answers it."""

    __tablename__ = "minutes_comment"
    __table_args__ = (
        CheckConstraint("outcome IN ('adopted', 'declined')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered_whole"),
        Index("ix_minutes_comment_meeting", "meeting_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    place: Mapped[str] = mapped_column(String(40))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(10))
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MinutesIssue(Base):
    """Minutes as they were issued: version 1, then corrections, each naming what it replaces; never changed.

    `content` is what stood in them; `sha256` of its canonical JSON.
    """

    __tablename__ = "minutes_issue"
    __table_args__ = (
        UniqueConstraint("meeting_id", "version"),
        CheckConstraint("(version = 1) = (reason IS NULL)", name="corrected_with_reason"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    version: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
