"""A restored or long stopped system sends no old news (case P22).

`mute_before` is the switch for restores. Besides, a pass that finds the last one long ago holds what is old: it
stands in the inbox, but mails and webhooks wait for the administrator.
"""

from datetime import datetime, timedelta

from sqlalchemy import and_, exists, select, update
from sqlalchemy.orm import Session

from app.core.database import make_insert
from app.models.message import DeliveryMark, Mail, MailLine, Message, WebhookDelivery
from app.models.record import Outbox
from app.services.act import Act

#: Longer than a long weekend's maintenance; nobody can use what is older without looking at it first.
GAP = timedelta(days=3)


def mute_before(act: Act, before: datetime) -> dict[str, int]:
    """Mute what was owed before an instant and is still unsent; returns the counts, which are audited.

    A digest keeps what happened later. What was sent, and what a process is sending just now, stays.
    """
    connection = act.connection
    outbox = connection.execute(
        update(Outbox).where(Outbox.status == "pending", Outbox.created_at < before).values({"status": "muted"})
    ).rowcount
    waiting = Mail.status.in_(("queued", "held", "off", "failed"))
    old = select(Message.id).where(Message.told_at < before)
    lines = connection.execute(
        update(MailLine)
        .where(
            MailLine.dropped.is_(None),
            MailLine.message_id.in_(old),
            MailLine.mail_id.in_(select(Mail.id).where(waiting)),
        )
        .values(dropped="muted")
    ).rowcount
    left = exists().where(MailLine.mail_id == Mail.id, MailLine.dropped.is_(None))
    muted = exists().where(MailLine.mail_id == Mail.id, MailLine.dropped == "muted")
    mails = connection.execute(
        update(Mail).where(waiting, ~left, muted).values({"status": "muted", "next_at": None})
    ).rowcount
    webhooks = connection.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.status.in_(("queued", "held", "failed")),
            WebhookDelivery.created_at < before,
        )
        .values({"status": "muted", "next_at": None})
    ).rowcount
    counts = {"outbox": int(outbox), "lines": int(lines), "mails": int(mails), "webhooks": int(webhooks)}
    act.audit("message.mute", "outbox", after={"before": before.isoformat(), **counts})
    return counts


def begin_pass(session: Session, now: datetime) -> datetime | None:
    """Return before which instant nothing is sent without a look; None when the last pass is not long ago.

    After a long gap (or before the first pass) mails and webhook deliveries that are older are held at once.
    """
    connection = session.connection()
    last = connection.execute(select(DeliveryMark.finished_at)).scalar_one_or_none()
    if last is not None and now - last <= GAP:
        return None
    before = now - GAP
    connection.execute(
        update(WebhookDelivery)
        .where(and_(WebhookDelivery.status == "queued", WebhookDelivery.created_at < before))
        .values({"status": "held", "next_at": None})
    )
    connection.execute(
        update(Mail)
        .where(and_(Mail.status == "queued", Mail.created_at < before))
        .values({"status": "held", "next_at": None})
    )
    return before


def end_pass(session: Session, now: datetime) -> None:
    """Note that a pass ended whole."""
    connection = session.connection()
    statement = make_insert(connection, DeliveryMark).values(id=1, finished_at=now)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={"finished_at": now},
            where=DeliveryMark.finished_at < now,
        )
    )
