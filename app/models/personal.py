"""What belongs to one person: sessions, saved views, drafts of forms, calendar feeds."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.sealing import Sealed, SealedText
from app.core.text import NAME_MAX
from app.models.organisation import in_list

QUERY_MAX = 2000
#: So much of the SHA-256 of a session's key names it to people; it opens nothing.
MARK_CHARS = 16
FORM_MAX = 200


class WebSession(Base):
    """A browser's session; only the SHA-256 of its key is kept. `seen_at` is renewed at most once a minute."""

    __tablename__ = "web_session"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="ended_after"),
        Index("ix_web_session_person", "person_id", "ended_at"),
    )

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    #: What the browser calls itself, and the address that the log-in came from.
    agent: Mapped[Sealed] = mapped_column(SealedText("sha256"))
    address: Mapped[Sealed | None] = mapped_column(SealedText("sha256"))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SavedView(Base):
    """A list's address under a name; a shared one is offered to everybody, who see only what they may read."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("person_id", "place", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    query: Mapped[str] = mapped_column(String(QUERY_MAX))
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Draft(Base):
    """What a person has typed into a form and not sent; `form` names the form, `version` what it rested on."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "form"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    form: Mapped[str] = mapped_column(String(FORM_MAX))
    version: Mapped[int | None]
    #: JSON: fields and what was typed.
    data: Mapped[Sealed] = mapped_column(SealedText("person_id", "form"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarFeed(Base):
    """An address under which a calendar reads one person's due dates; only the SHA-256 of its key is kept."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        CheckConstraint(in_list("lang", ("zh", "en")), name="lang"),
        CheckConstraint("alarm_days BETWEEN 0 AND 30", name="alarm_days"),
        Index("ix_calendar_feed_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(NAME_MAX))
    lang: Mapped[str] = mapped_column(String(5))
    #: How many days before a date a calendar reminds; null: it does not.
    alarm_days: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FeedEntry(Base):
    """How an item stood when a feed of it was last written: its SEQUENCE rises when what calendars show changes."""

    __tablename__ = "feed_entry"

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
