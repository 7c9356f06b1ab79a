"""What is told to people and to other systems: the inbox, mails, webhooks, and every attempt to deliver.

A message is one row of one person's inbox, made of an outbox row. Mails and webhook deliveries are claimed by
status and a lease; `next_at` is when the next attempt is due, null once there is none.
"""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Id, UtcDateTime
from app.core.sealing import Sealed, SealedText
from app.models.organisation import in_list

#: queued → sending → sent | failed; muted: no longer owed; held: waits for the administrator's decision; off: there
#: was no mail server; replaced: sent again by hand, by a row of its own.
DELIVERY_STATUSES = ("queued", "sending", "sent", "failed", "muted", "held", "off", "replaced")
MAIL_KINDS = ("digest", "once")
MAIL_CHOICES = ("digest", "once", "none")
DROP_REASONS = ("answered", "unreadable", "muted")


class Message(Base):
    """What one person was told: one row of the inbox, never two for one outbox row."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("outbox_id", "person_id"),
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        Index("ix_message_person", "person_id", "id"),
        Index(
            "ix_message_unread",
            "person_id",
            "id",
            postgresql_where=text("read_at IS NULL"),
            sqlite_where=text("read_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    topic: Mapped[str] = mapped_column(String(40))
    #: The highest rung that it tells of; null when it tells of none.
    level: Mapped[int | None]
    is_critical: Mapped[bool]
    #: What was owed; of rungs raised at once, every one under `rungs`, the highest first.
    payload: Mapped[dict[str, object]] = mapped_column(JSON)
    #: When it happened, and when it came into the inbox.
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MessagePreference(Base):
    """How a person wants mail; who has no row gets the daily digest. Critical messages always come at once."""

    __tablename__ = "message_preference"
    __table_args__ = (CheckConstraint(in_list("mail", MAIL_CHOICES), name="mail"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    mail: Mapped[str] = mapped_column(String(10))
    #: {kind of message: digest | once | none}; a kind that is not named follows `mail`.
    kinds: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))


class Mail(Base):
    """A mail to one person; what it tells is its lines' messages, read again when it is sent."""

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("unique_key"),
        CheckConstraint(in_list("status", DELIVERY_STATUSES), name="status"),
        CheckConstraint(in_list("kind", MAIL_KINDS), name="kind"),
        CheckConstraint("status NOT IN ('queued', 'sending') OR next_at IS NOT NULL", name="queued_with_time"),
        CheckConstraint("(status = 'sending') = (claim IS NOT NULL)", name="claimed_while_sending"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_with_time"),
        Index("ix_mail_next", "status", "next_at"),
        Index("ix_mail_person", "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(10))
    #: One digest a person and day, one urgent mail a person and instant, one repetition a press.
    unique_key: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(10))
    #: Stays the same however often it is tried: the local part of its Message-ID.
    ref: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[Sealed | None] = mapped_column(SealedText("id"))
    last_error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: A repetition by hand: of which mail, asked for by whom.
    resend_of: Mapped[int | None] = mapped_column(ForeignKey("mail.id"))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: When this mail was last sent again by hand.
    resent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailLine(Base):
    """A message that a mail tells; `dropped` says why it was left out when the mail was sent."""

    __tablename__ = "mail_line"
    __table_args__ = (
        CheckConstraint(in_list("dropped", DROP_REASONS), name="dropped"),
        Index("ix_mail_line_message", "message_id"),
    )

    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id"), primary_key=True, autoincrement=False)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True, autoincrement=False)
    dropped: Mapped[str | None] = mapped_column(String(20))


class Webhook(Base):
    """Another system that is told; `topics` empty: of everything. `item.*` takes in every topic of a kind."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[Sealed] = mapped_column(SealedText("id"), server_default="")
    topics: Mapped[list[str]] = mapped_column(JSON)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WebhookDelivery(Base):
    """One event owed to one webhook; id (`ref`) and body stay the same however often it is tried."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_key"),
        CheckConstraint(in_list("status", DELIVERY_STATUSES), name="status"),
        CheckConstraint("status NOT IN ('queued', 'sending') OR next_at IS NOT NULL", name="queued_with_time"),
        CheckConstraint("(status = 'sending') = (claim IS NOT NULL)", name="claimed_while_sending"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_with_time"),
        Index("ix_webhook_delivery_next", "status", "next_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    #: The outbox row that told of the event first; null for a test.
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    #: One event is told once, to however many people it is owed; a press of "send again" is one of its own.
    event_key: Mapped[str] = mapped_column(String(160))
    ref: Mapped[str] = mapped_column(String(32))
    topic: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_status: Mapped[int | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resend_of: Mapped[int | None] = mapped_column(ForeignKey("webhook_delivery.id"))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    resent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeliveryAttempt(Base):
    """One attempt to deliver a mail or to call a webhook; what the other side answered is not kept but its status."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (
        CheckConstraint("(mail_id IS NULL) <> (webhook_delivery_id IS NULL)", name="one_subject"),
        CheckConstraint("outcome IN ('sent', 'again', 'refused')", name="outcome"),
        Index("ix_delivery_attempt_mail", "mail_id"),
        Index("ix_delivery_attempt_webhook", "webhook_delivery_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"))
    webhook_delivery_id: Mapped[int | None] = mapped_column(ForeignKey("webhook_delivery.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(10))
    code: Mapped[int | None]
    duration_ms: Mapped[int]
    error: Mapped[str | None] = mapped_column(Text)
    is_manual: Mapped[bool]


class DeliveryMark(Base):
    """When the last whole pass of the delivery ended: a long gap before the next one holds what is old."""

    __tablename__ = "delivery_mark"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
