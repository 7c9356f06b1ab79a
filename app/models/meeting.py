"""What only meetings have: series, invited people, the conflict of interest noted, invitations sent."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.text import NAME_MAX, TITLE_MAX
from app.models.organisation import in_list

FORUMS = ("office", "leaders", "plenary")
REST_DAY_POLICIES = ("keep", "previous", "next", "skip")
INVITED_AS = ("chair", "member", "guest", "recorder")
REPLIES = ("none", "yes", "leave", "stand_in")
ATTENDANCES = ("present", "late", "left", "absent")
_INVITED_POST = text("post_id IS NOT NULL AND removed_at IS NULL")


class MeetingSeries(Base):
    """When a group meets again and again: `rule` in the words of `workflows.meeting.recurrence`."""

    __tablename__ = "meeting_series"
    __table_args__ = (
        CheckConstraint(in_list("forum", FORUMS), name="forum"),
        CheckConstraint(in_list("policy", REST_DAY_POLICIES), name="policy"),
        CheckConstraint("duration_minutes BETWEEN 10 AND 1440", name="duration"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    name: Mapped[str] = mapped_column(String(TITLE_MAX))
    name_en: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    forum: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str] = mapped_column(String(60))
    policy: Mapped[str] = mapped_column(String(10))
    #: Wall-clock time of the city, "14:30".
    starts: Mapped[str] = mapped_column(String(5))
    duration_minutes: Mapped[int] = mapped_column(default=120)
    place: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    #: "2026-01": the first month, and the last one (null: until it is ended).
    first_month: Mapped[str] = mapped_column(String(7))
    last_month: Mapped[str | None] = mapped_column(String(7))
    #: Working days before the meeting: the call opens, topics close, the notice goes out.
    call_workdays: Mapped[int] = mapped_column(default=10)
    cutoff_workdays: Mapped[int] = mapped_column(default=5)
    notice_workdays: Mapped[int] = mapped_column(default=3)
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class Meeting(Base):
    """A meeting; its day is the item's due date until it was held. It is chaired by a post, whoever holds it then.

    `planned_on` never changes: the day for which it was planned first (case P39). `sequence` counts what invitations
    have to tell anew (iCalendar). `quorum` is how many came, as counted when it was opened.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint(in_list("forum", FORUMS), name="forum"),
        CheckConstraint("ends_at > starts_at", name="interval"),
        UniqueConstraint("series_id", "month"),
        Index("ix_meeting_group", "group_id", "starts_at"),
        Index("ix_meeting_starts", "starts_at"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_series.id"))
    #: Which occurrence of its series it is, "2026-05"; null without a series.
    month: Mapped[str | None] = mapped_column(String(7))
    forum: Mapped[str] = mapped_column(String(20))
    #: 第n次, given when the notice goes out.
    ordinal: Mapped[int | None]
    planned_on: Mapped[date]
    #: Why it is not on the day of its rule.
    moved_reason: Mapped[str | None] = mapped_column(Text)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    #: Held together with this body, in words.
    joint_with: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    chair_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
    call_on: Mapped[date | None]
    cutoff_on: Mapped[date | None]
    notice_on: Mapped[date | None]
    sequence: Mapped[int] = mapped_column(default=0)
    notified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_short: Mapped[bool] = mapped_column(default=False)
    quorum: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    cosign_until_on: Mapped[date | None]
    minutes_number: Mapped[str | None] = mapped_column(String(60), unique=True)
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MeetingParticipant(Base):
    """Somebody asked to a meeting: by a seat's post (whoever holds it then), or a person by name.

    A guest 列席 with `agenda_item_id` comes for that topic only. Removed people stay, with `removed_at`: their
    calendars must hear of it (case P112).
    """

    __tablename__ = "meeting_participant"
    __table_args__ = (
        CheckConstraint(in_list("role", INVITED_AS), name="role"),
        CheckConstraint(in_list("reply", REPLIES), name="reply"),
        CheckConstraint(in_list("attendance", ATTENDANCES), name="attendance"),
        CheckConstraint("post_id IS NOT NULL OR person_id IS NOT NULL OR name IS NOT NULL", name="somebody"),
        CheckConstraint("reply <> 'stand_in' OR stand_in_id IS NOT NULL", name="stand_in_named"),
        Index("uq_meeting_participant_post", "meeting_id", "post_id", unique=True, postgresql_where=_INVITED_POST,
              sqlite_where=_INVITED_POST),
        Index("ix_meeting_participant_meeting", "meeting_id"),
        Index("ix_meeting_participant_person", "person_id"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    role: Mapped[str] = mapped_column(String(20))
    #: The seat in the group by which the post was invited; null: a guest or recorder.
    seat: Mapped[str | None] = mapped_column(String(20))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    #: Who is meant: the post's holder when the notice went out, or a guest.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    #: Somebody without an account (companies, residents, imported attendance).
    name: Mapped[str | None] = mapped_column(String(NAME_MAX))
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    reply: Mapped[str] = mapped_column(String(10), default="none")
    reply_reason: Mapped[str | None] = mapped_column(Text)
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replied_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    stand_in_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    attendance: Mapped[str | None] = mapped_column(String(10))
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The written opinion of somebody who asked for leave.
    opinion: Mapped[str | None] = mapped_column(Text)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MeetingConflict(Base):
    """A conflict of interest: somebody who does not take part in one topic 回避."""

    __tablename__ = "meeting_conflict"

    agenda_item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("meeting_participant.id"), primary_key=True, autoincrement=False
    )
    note: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MeetingInvitation(Base):
    """An iCalendar message that one person was sent about a meeting: never two with the same sequence and method."""

    __tablename__ = "meeting_invitation"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id", "sequence", "method"),
        CheckConstraint("method IN ('REQUEST', 'CANCEL')", name="method"),
        Index("ix_meeting_invitation_person", "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    participant_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_participant.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sequence: Mapped[int]
    method: Mapped[str] = mapped_column(String(10))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: What the invitation says: summary, start, end, place, agenda; the mail is written from it, whenever it goes.
    content: Mapped[dict[str, object]] = mapped_column(JSON)
