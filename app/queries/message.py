"""A person's messages, and what became of mails and webhook deliveries. A constant number of statements each.

A message about an item that the person may no longer read is not shown: it would tell of the item.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, literal, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.sealing import unseal
from app.models.item import Item
from app.models.message import (
    DeliveryAttempt,
    Mail,
    MailLine,
    Message,
    MessagePreference,
    Webhook,
    WebhookDelivery,
)
from app.models.organisation import Person
from app.queries.cursor import read_cursor, write_cursor
from app.queries.item import READERS, is_readable

#: Counted no further: the bar says 99+.
COUNT_MAX = 100
UNSENT = ("queued", "sending", "failed", "held", "off")
_SORT = "message"
_Asker = aliased(Person, name="asker")

DeliveryKind = Literal["mail", "webhook"]


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message of an inbox, with the item as it is now."""

    id: int
    topic: str
    level: int | None
    is_critical: bool
    payload: Mapping[str, Any]
    told_at: datetime
    created_at: datetime
    read_at: datetime | None
    item_id: int | None
    kind: str | None
    number: str | None
    title: str | None
    due_on: date | None
    is_open: bool | None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page, and the cursor behind it; None on the last one."""

    items: tuple[MessageRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One attempt to deliver."""

    at: datetime
    outcome: str
    code: int | None
    duration_ms: int
    error: str | None
    is_manual: bool


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A mail or a webhook delivery: to whom, about what, how it stands; `asked_by_name` of a repetition by hand."""

    kind: DeliveryKind
    id: int
    status: str
    to: str
    address: str | None
    topic: str | None
    lines: int
    created_at: datetime
    next_at: datetime | None
    attempts_count: int
    last_code: int | None
    last_error: str | None
    sent_at: datetime | None
    resend_of: int | None
    asked_by_name: str | None
    attempts: tuple[AttemptRow, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One page, the newest first, and the cursor behind it."""

    items: tuple[DeliveryRow, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook; its secret is shown only when it is made."""

    id: int
    url: str
    topics: tuple[str, ...]
    is_active: bool
    created_by_name: str
    created_at: datetime
    disabled_at: datetime | None


def _is_shown(readers: Sequence[str] | BindParameter[Any]) -> ColumnElement[bool]:
    return or_(Message.item_id.is_(None), is_readable(readers, Message.item_id))


def list_messages(
    connection: Connection,
    person_id: int,
    readers: Sequence[str],
    *,
    is_unread: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> MessagePage:
    """Return one page of a person's messages, the newest first; InvalidError for a broken cursor. One statement."""
    statement = (
        select(
            Message.id, Message.topic, Message.level, Message.is_critical, Message.payload, Message.told_at,
            Message.created_at, Message.read_at, Message.item_id, Item.kind, Item.number, Item.title, Item.due_on,
            Item.closed_at.is_(None),
        )
        .outerjoin(Item, Item.id == Message.item_id)
        .where(Message.person_id == person_id, _is_shown(readers))
        .order_by(Message.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    if is_unread is not None:
        statement = statement.where(Message.read_at.is_(None) if is_unread else Message.read_at.is_not(None))
    if cursor is not None:
        statement = statement.where(Message.id < read_cursor(cursor, _SORT)[1])
    rows = [MessageRow(*tuple(row)) for row in connection.execute(statement)]
    more = write_cursor(_SORT, "", rows[limit - 1].id) if len(rows) > limit else None
    return MessagePage(tuple(rows[:limit]), more)


def find_work_of(connection: Connection, person_id: int, message_id: int) -> int | None:
    """Return the long work of which a person's message tells; None when it tells of none. One statement."""
    payload = connection.execute(
        select(Message.payload).where(
            Message.id == message_id, Message.person_id == person_id, Message.topic.startswith("work.")
        )
    ).scalar_one_or_none()
    work_id = None if payload is None else payload.get("work_id")
    return work_id if isinstance(work_id, int) else None


def find_report_of(connection: Connection, person_id: int, message_id: int) -> int | None:
    """Return the run of which a person's message hands out the report; None when it tells of none. One statement."""
    payload = connection.execute(
        select(Message.payload).where(
            Message.id == message_id, Message.person_id == person_id, Message.topic == "report.ready"
        )
    ).scalar_one_or_none()
    run_id = None if payload is None else payload.get("run_id")
    return run_id if isinstance(run_id, int) else None


def find_meeting_of(connection: Connection, person_id: int, message_id: int) -> int | None:
    """Return the meeting to which a person's message invites; None when it tells of something else. One statement."""
    payload = connection.execute(
        select(Message.payload).where(
            Message.id == message_id, Message.person_id == person_id, Message.topic == "meeting.invited"
        )
    ).scalar_one_or_none()
    meeting_id = None if payload is None else payload.get("meeting")
    return meeting_id if isinstance(meeting_id, int) else None


def tells_of_delegation(connection: Connection, person_id: int, message_id: int) -> bool:
    """Whether a person's message tells of a delegation; one statement."""
    found = select(Message.id).where(
        Message.id == message_id, Message.person_id == person_id, Message.topic.startswith("delegation.")
    )
    return connection.execute(found).first() is not None


#: Built once: every page tells of what was not read.
_UNREAD = select(func.count()).select_from(
    select(Message.id)
    .where(Message.person_id == bindparam("person_id"), Message.read_at.is_(None), _is_shown(READERS))
    .limit(COUNT_MAX)
    .subquery()
)


def count_unread(connection: Connection, person_id: int, readers: Sequence[str]) -> int:
    """Return how many messages a person has not read, counted up to COUNT_MAX; one statement."""
    return int(connection.execute(_UNREAD, {"person_id": person_id, "readers": list(readers)}).scalar_one())


@dataclass(frozen=True, slots=True)
class MailChoice:
    """How a person gets mail (digest, once, none), for some kinds otherwise; whether there is an address for it."""

    mail: str
    kinds: Mapping[str, str]
    has_address: bool


def read_mail_choice(connection: Connection, person_id: int) -> MailChoice:
    """Return how a person gets mail."""
    row = connection.execute(
        select(MessagePreference.mail, MessagePreference.kinds, Person.email)
        .select_from(Person)
        .outerjoin(MessagePreference, MessagePreference.person_id == Person.id)
        .where(Person.id == person_id)
    ).one()
    return MailChoice(row.mail or "digest", row.kinds or {}, bool(row.email))


def list_deliveries(
    connection: Connection,
    kind: DeliveryKind,
    *,
    is_unsent: bool = True,
    person_id: int | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> DeliveryPage:
    """Return one page of mails or webhook deliveries, the newest first, with every attempt. Two statements.

    `person_id` asks for the mails to one person only.
    """
    table = Mail if kind == "mail" else WebhookDelivery
    statement = (_select_mails() if kind == "mail" else _select_calls()).order_by(table.id.desc()).limit(limit + 1)
    if is_unsent:
        statement = statement.where(table.status.in_(UNSENT))
    if person_id is not None:
        statement = statement.where(Mail.person_id == person_id)
    if cursor is not None:
        statement = statement.where(table.id < read_cursor(cursor, kind)[1])
    rows: Sequence[Any] = connection.execute(statement).all()
    attempts = _read_attempts(connection, kind, [row[0] for row in rows[:limit]])
    found = [DeliveryRow(kind, *(_open_mail(row) if kind == "mail" else row)) for row in rows[:limit]]
    shown = tuple(replace(row, attempts=tuple(attempts.get(row.id, ()))) for row in found)
    return DeliveryPage(shown, write_cursor(kind, "", rows[limit - 1][0]) if len(rows) > limit else None)


def _select_mails() -> Select[*tuple[Any, ...]]:
    lines = (
        select(func.count())
        .select_from(MailLine)
        .where(MailLine.mail_id == Mail.id, MailLine.dropped.is_(None))
        .scalar_subquery()
    )
    last_code = (
        select(DeliveryAttempt.code)
        .where(DeliveryAttempt.mail_id == Mail.id)
        .order_by(DeliveryAttempt.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            Mail.id, Mail.status, Person.name, Mail.address, Mail.kind, lines,
            Mail.created_at, Mail.next_at, Mail.attempts, last_code, Mail.last_error, Mail.sent_at, Mail.resend_of,
            _Asker.name, Person.email, Person.id.label("person_id"),
        )
        .join(Person, Person.id == Mail.person_id)
        .outerjoin(_Asker, _Asker.id == Mail.asked_by)
    )  # fmt: skip


def _open_mail(row: Any) -> tuple[Any, ...]:  # noqa: ANN401  # a row of `_select_mails`
    """Return the row as `DeliveryRow` has it: with the address to which it went, or would go."""
    *shown, email, person_id = row
    if row.address is not None:
        shown[3] = unseal(row.address, Mail.address, row.id)
    elif email is not None:
        shown[3] = unseal(email, Person.email, person_id)
    return tuple(shown)


def _select_calls() -> Select[*tuple[Any, ...]]:
    row = WebhookDelivery
    return (
        select(
            row.id, row.status, Webhook.url, Webhook.url, row.topic, literal(1), row.created_at, row.next_at,
            row.attempts, row.last_status, row.last_error, row.sent_at, row.resend_of, _Asker.name,
        )
        .join(Webhook, Webhook.id == row.webhook_id)
        .outerjoin(_Asker, _Asker.id == row.asked_by)
    )  # fmt: skip


def _read_attempts(connection: Connection, kind: DeliveryKind, ids: Sequence[int]) -> Mapping[int, list[AttemptRow]]:
    owner = DeliveryAttempt.mail_id if kind == "mail" else DeliveryAttempt.webhook_delivery_id
    rows = connection.execute(
        select(
            owner, DeliveryAttempt.at, DeliveryAttempt.outcome, DeliveryAttempt.code, DeliveryAttempt.duration_ms,
            DeliveryAttempt.error, DeliveryAttempt.is_manual,
        )
        .where(owner.in_(tuple(ids)))
        .order_by(DeliveryAttempt.id)
    )  # fmt: skip
    found: dict[int, list[AttemptRow]] = {}
    for row in rows:
        if row[0] is not None:
            found.setdefault(row[0], []).append(AttemptRow(*row[1:]))
    return found


def count_held(connection: Connection) -> int:
    """Return how many mails and webhook deliveries a long stop holds; one statement."""
    mails = select(func.count()).select_from(Mail).where(Mail.status == "held").scalar_subquery()
    calls = select(func.count()).select_from(WebhookDelivery).where(WebhookDelivery.status == "held").scalar_subquery()
    return int(connection.execute(select(mails + calls)).scalar_one())


def list_webhooks(connection: Connection) -> tuple[WebhookRow, ...]:
    """Return every webhook, the active ones first; one statement."""
    rows = connection.execute(
        select(
            Webhook.id, Webhook.url, Webhook.topics, Webhook.is_active, Person.name, Webhook.created_at,
            Webhook.disabled_at,
        )
        .join(Person, Person.id == Webhook.created_by)
        .order_by(Webhook.is_active.desc(), Webhook.id)
    )  # fmt: skip
    return tuple(WebhookRow(row[0], row[1], tuple(row[2]), *row[3:]) for row in rows)
