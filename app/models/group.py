"""What only leadership groups have: terms, rules of procedure, seats by post, changes of members."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.text import TITLE_MAX
from app.models.organisation import in_list

GROUP_BODIES = ("leadership", "working")
SEAT_ROLES = ("leader", "deputy", "member", "director", "liaison")
_SEATED_LEADER = text("role = 'leader' AND to_on IS NULL")
_SEATED = text("to_on IS NULL")
_WAITING = text("outcome IS NULL")


class LeadershipGroup(Base):
    """A leadership group, or a working group 专班 below one. `procedure` is `workflows.meeting.procedure`'s body."""

    __tablename__ = "leadership_group"
    __table_args__ = (
        CheckConstraint(in_list("body", GROUP_BODIES), name="body"),
        CheckConstraint("term_until_on IS NULL OR term_until_on > term_from_on", name="term"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(String(20), default="leadership")
    #: The department that is the group's office.
    office_department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    duties: Mapped[str | None] = mapped_column(Text)
    document: Mapped[str | None] = mapped_column(String(TITLE_MAX))
    term_from_on: Mapped[date]
    term_until_on: Mapped[date | None]
    procedure: Mapped[dict[str, object]] = mapped_column(JSON)
    #: Rules that wait for the leader to adopt them; null: none do.
    procedure_proposed: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    established_on: Mapped[date | None]


class GroupSeat(Base):
    """A seat of a group: it belongs to a post, from–to (half-open, city dates); at most one leader at any time."""

    __tablename__ = "group_seat"
    __table_args__ = (
        CheckConstraint(in_list("role", SEAT_ROLES), name="role"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="interval"),
        Index("uq_group_seat_leader", "group_id", unique=True, postgresql_where=_SEATED_LEADER,
              sqlite_where=_SEATED_LEADER),
        Index("uq_group_seat_post", "group_id", "post_id", unique=True, postgresql_where=_SEATED, sqlite_where=_SEATED),
        Index("ix_group_seat_post", "post_id"),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    role: Mapped[str] = mapped_column(String(20))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    #: The order in which deputies stand in and in which seats are listed, 1 first.
    rank: Mapped[int] = mapped_column(default=1)
    from_on: Mapped[date]
    to_on: Mapped[date | None]


class GroupChange(Base):
    """A change of members: `lines` are {op: add | end, role, post, rank, seat}; at most one waits in a group."""

    __tablename__ = "group_change"
    __table_args__ = (
        CheckConstraint("outcome IN ('made', 'refused', 'withdrawn')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_whole"),
        Index("uq_group_change_waiting", "group_id", unique=True, postgresql_where=_WAITING, sqlite_where=_WAITING),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    lines: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(10))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
