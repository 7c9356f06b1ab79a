"""Departments as a tree through time, posts, and who holds them.

Departments and people are never deleted, only closed with a date; a merged department points to its successor.
Intervals are half-open city dates: valid on `from_on`, no longer valid on `to_on` (null: still valid).
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, SortKey, UtcDateTime
from app.core.sealing import Sealed, SealedText
from app.core.text import NAME_MAX
from workflows.roles import Duty

DUTIES = tuple(duty.value for duty in Duty)


def in_list(column: str, values: tuple[str, ...]) -> str:
    """Return the SQL condition that `column` has one of `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


class Department(Base):
    """A department, or a section below one."""

    __tablename__ = "department"
    __table_args__ = (
        CheckConstraint("id <> parent_id", name="not_own_parent"),
        CheckConstraint("to_on IS NULL OR to_on > from_on", name="interval"),
        CheckConstraint(f"length(name) BETWEEN 1 AND {NAME_MAX}", name="name_length"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    name_en: Mapped[str | None] = mapped_column(String(NAME_MAX))
    short_name: Mapped[str | None] = mapped_column(String(NAME_MAX))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    sort_key: Mapped[str] = mapped_column(SortKey, index=True)
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class DepartmentName(Base):
    """Every name that a department has or had, folded for comparison; two never share one at the same time."""

    __tablename__ = "department_name"
    __table_args__ = (UniqueConstraint("folded", "department_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    folded: Mapped[str] = mapped_column(String(NAME_MAX * 2))
    from_on: Mapped[date]
    to_on: Mapped[date | None]


class Person(Base):
    """Somebody who logs in or is on record. `session_epoch` rises to end every open session."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint(f"length(name) BETWEEN 1 AND {NAME_MAX}", name="name_length"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(String(NAME_MAX), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    sort_key: Mapped[str] = mapped_column(SortKey, index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    #: When somebody else gave it; null: it is the person's own. It opens nothing but the page where it is changed.
    password_given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    email: Mapped[Sealed | None] = mapped_column(SealedText("id", index="email_index", is_folded=True))
    email_index: Mapped[str | None] = mapped_column(String(64), index=True)
    locale: Mapped[str | None] = mapped_column(String(5))
    theme: Mapped[str] = mapped_column(String(5), default="light")
    is_active: Mapped[bool] = mapped_column(default=True)
    is_system: Mapped[bool] = mapped_column(default=False)
    session_epoch: Mapped[int] = mapped_column(default=1)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When the first steps were put away; until then they stand on the page of work.
    guided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Post(Base):
    """A duty in a department; it outlives its holders."""

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint(in_list("duty", DUTIES), name="duty"),
        CheckConstraint("duty = 'office' OR NOT is_director", name="director_is_office"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)
    duty: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(NAME_MAX))
    title_en: Mapped[str | None] = mapped_column(String(NAME_MAX))
    is_director: Mapped[bool] = mapped_column(default=False)
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    #: What a leadership group's rules of procedure leave to a leader's post by its seat, kept with the seats: the
    #: kinds of items on which it has no say (with commas between), the largest amount in fen that it approves alone,
    #: and whether what is told to the leadership group is told to it.
    barred_kinds: Mapped[str | None] = mapped_column(String(120))
    approves_max_fen: Mapped[int | None] = mapped_column(BigInteger)
    is_called: Mapped[bool] = mapped_column(default=True, server_default=true())


class Holding(Base):
    """Who holds a post, from when until when (half-open)."""

    __tablename__ = "holding"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on > from_on", name="interval"),
        Index("ix_holding_person", "person_id", "to_on"),
        Index("ix_holding_post", "post_id", "to_on"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]


#: What a token may be used for: reading, taking steps and other writes.
SCOPES = ("read", "write")


class AccessToken(Base):
    """A bearer token; only its SHA-256 is kept. `scopes` are words of SCOPES, separated by a blank."""

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(NAME_MAX))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    scopes: Mapped[str] = mapped_column(String(60), default=" ".join(SCOPES), server_default=" ".join(SCOPES))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
