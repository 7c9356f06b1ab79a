"""Webhooks: kept by administrators, called by the delivery; every attempt is on record, no answer's body is."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.core.errors import Fault, InvalidError, NotFoundError, Sentence
from app.core.sealing import NOTHING, seal, unseal
from app.core.webhook import WebhookAnswer
from app.models.message import Webhook, WebhookDelivery
from app.models.record import Outbox
from app.services.act import Act
from app.services.message.claiming import claim, mute, put_back, record
from app.services.message.hook_queue import TEST_TOPIC, write_body
from app.services.message.matter import keep_owed, read_ended, read_matters
from app.services.message.topics import RUNG

BATCH = 10
TOPIC_MAX = 40
TOPICS_MAX = 50
SECRET_MIN = 16
SECRET_MAX = 80
_TOPIC_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.")

NO_WEBHOOK = ("没有这个推送地址。", "There is no such webhook.")


@dataclass(frozen=True, slots=True)
class Call:
    """A delivery that is to be made now."""

    delivery_id: int
    webhook_id: int
    url: str
    secret: str
    ref: str
    body: str
    is_manual: bool


@dataclass(frozen=True, slots=True)
class CallClaim:
    """Deliveries that this process is to make now."""

    name: str
    calls: tuple[Call, ...]
    taken: int
    muted: int


def add_webhook(act: Act, url: str, topics: Sequence[str], secret: str | None = None) -> tuple[int, str]:
    """Keep a webhook, whose address the edge has looked at; returns its id and secret. InvalidError lists faults."""
    faults = [
        Fault(
            "topics",
            Sentence(f"“{topic}”不是主题，应如rung、task.assign、task.*。",
                     f"{topic!r} is no topic: expected e.g. rung, task.assign, task.*."),
        )
        for topic in topics
        if not topic or len(topic) > TOPIC_MAX or not set(topic.removesuffix("*")) <= _TOPIC_CHARACTERS
    ]  # fmt: skip
    if len(topics) > TOPICS_MAX:
        faults.append(Fault("topics", Sentence(f"最多{TOPICS_MAX}个主题。", f"At most {TOPICS_MAX} topics.")))
    if secret is not None and not (SECRET_MIN <= len(secret) <= SECRET_MAX and secret.isprintable()):
        said = Sentence(
            f"密钥应为{SECRET_MIN}至{SECRET_MAX}字。", f"A secret has {SECRET_MIN} to {SECRET_MAX} characters."
        )
        faults.append(Fault("secret", said))
    if faults:
        raise InvalidError(faults)
    kept = secret or secrets.token_urlsafe(32)
    webhook_id = act.connection.execute(
        insert(Webhook)
        .values(
            url=url, secret=NOTHING, topics=sorted(set(topics)), is_active=True, created_by=act.acting.person_id,
            created_at=act.now,
        )
        .returning(Webhook.id)
    ).scalar_one()  # fmt: skip
    sealed = seal(kept, Webhook.secret, webhook_id)
    act.connection.execute(update(Webhook).where(Webhook.id == webhook_id).values(secret=sealed))
    act.audit("webhook.add", f"webhook:{webhook_id}", after={"url": url, "topics": ",".join(sorted(set(topics)))})
    return webhook_id, kept


def disable_webhook(act: Act, webhook_id: int) -> None:
    """Call a webhook no more; what it is still owed is muted (idempotent). NotFoundError when there is none."""
    row = act.connection.execute(
        select(Webhook.is_active, Webhook.url).where(Webhook.id == webhook_id).with_for_update()
    ).first()
    if row is None:
        raise NotFoundError(*NO_WEBHOOK)
    if not row.is_active:
        return
    act.connection.execute(update(Webhook).where(Webhook.id == webhook_id).values(is_active=False, disabled_at=act.now))
    act.connection.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.status.in_(("queued", "held")))
        .values({"status": "muted", "next_at": None, "last_error": "webhook disabled"})
    )
    act.audit("webhook.disable", f"webhook:{webhook_id}", before={"url": row.url})


def queue_test(act: Act, webhook_id: int) -> int:
    """Owe a webhook a test call; returns the delivery's id. NotFoundError for one that is not active."""
    is_active = act.connection.execute(select(Webhook.is_active).where(Webhook.id == webhook_id)).scalar_one_or_none()
    if not is_active:
        raise NotFoundError(*NO_WEBHOOK)
    ref = uuid4().hex
    delivery_id = act.connection.execute(
        insert(WebhookDelivery)
        .values(
            {"webhook_id": webhook_id, "event_key": f"test:{ref}", "ref": ref, "topic": TEST_TOPIC,
             "body": write_body(ref, TEST_TOPIC, act.now, {}, None), "status": "queued", "created_at": act.now,
             "next_at": act.now, "attempts": 0}
        )
        .returning(WebhookDelivery.id)
    ).scalar_one()  # fmt: skip
    act.audit("webhook.test", f"webhook:{webhook_id}")
    return delivery_id


def claim_calls(
    session: Session, at: datetime, now: datetime, *, limit: int = BATCH, passing: Sequence[int] = (),
    only: int | None = None,
) -> CallClaim:  # fmt: skip
    """Claim the next deliveries; given up are those that remind of what is done, or name what became confidential."""
    connection = session.connection()
    name, ids = claim(connection, WebhookDelivery, at, now, limit=limit, passing=passing, only=only)
    if not ids:
        return CallClaim(name, (), 0, 0)
    rows = connection.execute(
        select(
            WebhookDelivery.id, WebhookDelivery.webhook_id, Webhook.url, Webhook.secret, WebhookDelivery.ref,
            WebhookDelivery.body, WebhookDelivery.resend_of, Webhook.is_active, WebhookDelivery.topic,
            Outbox.item_id, Outbox.payload,
        )
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .outerjoin(Outbox, Outbox.id == WebhookDelivery.outbox_id)
        .where(WebhookDelivery.id.in_(ids))
        .order_by(WebhookDelivery.next_at, WebhookDelivery.id)
    ).all()  # fmt: skip
    matters = read_matters(connection, {row.item_id for row in rows if row.item_id is not None})
    ended = read_ended(connection, [row.payload for row in rows if row.topic == RUNG and row.payload])
    calls, gone = [], []
    for row in rows:
        matter = matters.get(row.item_id)
        is_owed = row.payload is None or keep_owed(row.topic, row.payload, matter, ended) is not None
        is_secret = matter is not None and matter.is_confidential and '"title":' in row.body
        if row.is_active and is_owed and not is_secret:
            calls.append(
                Call(
                    row.id,
                    row.webhook_id,
                    row.url,
                    unseal(row.secret, Webhook.secret, row.webhook_id),
                    row.ref,
                    row.body,
                    row.resend_of is not None,
                )
            )
        else:
            gone.append(row.id)
    mute(connection, WebhookDelivery, gone, name, "no longer owed")
    return CallClaim(name, tuple(calls), len(ids), len(gone))


def record_call(
    session: Session, made: Call, claim_name: str, answer: WebhookAnswer, now: datetime, *, is_refused: bool = False
) -> str:
    """Record what became of a call; returns the delivery's new status. `is_refused`: it was not made, nor will be."""
    verdict = "sent" if answer.is_taken else "refused" if is_refused else "again"
    return record(
        session.connection(), WebhookDelivery, made.delivery_id, claim_name, now, verdict=verdict, code=answer.status,
        error=answer.error, duration_ms=answer.duration_ms,
    )  # fmt: skip


def put_calls_back(session: Session, calls: Sequence[Call], claim_name: str, next_at: datetime) -> None:
    """Give back deliveries that were not made."""
    put_back(session.connection(), WebhookDelivery, [one.delivery_id for one in calls], claim_name, next_at)
