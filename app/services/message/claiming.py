"""Claims what is to be sent, and records what became of it: the same for mails and webhook deliveries.

Claim (commit), send, record (commit): no transaction is open while somebody else is spoken to. A claim that a
killed process left is taken again after the lease; only then something can arrive twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.engine import Connection

from app.core.sealing import seal
from app.models.message import DeliveryAttempt, Mail, WebhookDelivery
from app.services.message.sending import pause_after

LEASE = timedelta(minutes=15)
_ERROR_MAX = 300

Table = type[Mail] | type[WebhookDelivery]


def claim(
    connection: Connection, table: Table, at: datetime, now: datetime, *, limit: int, passing: Sequence[int] = (),
    only: int | None = None,
) -> tuple[str, list[int]]:  # fmt: skip
    """Claim at most `limit` rows that are due at `at`; returns the claim and their ids.

    `now` is the clock's: it decides which leases are over. Deliveries of the webhooks in `passing` are passed over;
    `only` asks for one row and no other.
    """
    is_due = and_(table.status == "queued", table.next_at <= at)
    # No claim lasts two leases from now: a clock that was far ahead wrote it, and it would keep the row until then.
    is_over = or_(table.claimed_until < now, table.claimed_until > now + 2 * LEASE)
    is_left = and_(table.status == "sending", is_over)
    found = (
        select(table.id)
        .where(or_(is_due, is_left))
        .order_by(table.next_at, table.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if passing and table is WebhookDelivery:
        found = found.where(WebhookDelivery.webhook_id.not_in(passing))
    if only is not None:
        found = found.where(table.id == only)
    ids = list(connection.execute(found).scalars())
    name = uuid4().hex
    if not ids:
        return name, []
    taken = connection.execute(
        update(table)
        .where(table.id.in_(ids), or_(is_due, is_left))
        .values({"status": "sending", "claim": name, "claimed_until": now + LEASE})
        .returning(table.id)
    )
    kept = set(taken.scalars())
    return name, [one for one in ids if one in kept]


def mute(connection: Connection, table: Table, ids: Sequence[int], claim_name: str, reason: str) -> None:
    """Give up what was claimed, since it is no longer owed."""
    if ids:
        connection.execute(
            update(table)
            .where(table.id.in_(ids), table.claim == claim_name)
            .values({"status": "muted", "claim": None, "claimed_until": None, "next_at": None, "last_error": reason})
        )


def put_back(connection: Connection, table: Table, ids: Sequence[int], claim_name: str, next_at: datetime) -> None:
    """Give back what was claimed but not tried: it waits until `next_at`, no attempt is counted."""
    if ids:
        connection.execute(
            update(table)
            .where(table.id.in_(ids), table.claim == claim_name)
            .values({"status": "queued", "claim": None, "claimed_until": None, "next_at": next_at})
        )


def record(
    connection: Connection,
    table: Table,
    row_id: int,
    claim_name: str,
    now: datetime,
    *,
    verdict: str,
    code: int | None,
    error: str | None,
    duration_ms: int,
    address: str | None = None,
) -> str:
    """Record one attempt: sent, refused for good, or to be tried again later; returns the new status.

    When the lease was over and somebody else took it meanwhile, only the attempt is kept.
    """
    row = connection.execute(
        select(table.attempts, table.claim, table.resend_of, table.status).where(table.id == row_id).with_for_update()
    ).one()
    text = None if error is None else error[:_ERROR_MAX]
    connection.execute(
        insert(DeliveryAttempt).values(
            mail_id=row_id if table is Mail else None,
            webhook_delivery_id=row_id if table is WebhookDelivery else None,
            at=now, outcome=verdict, code=code, duration_ms=duration_ms, error=text,
            is_manual=row.resend_of is not None,
        )
    )  # fmt: skip
    if row.claim != claim_name:
        return str(row.status)
    attempts = row.attempts + 1
    pause = pause_after(attempts)
    status = "sent" if verdict == "sent" else "failed" if verdict == "refused" or pause is None else "queued"
    values = {
        "status": status, "claim": None, "claimed_until": None, "attempts": attempts, "last_error": text,
        "next_at": now + pause if status == "queued" and pause is not None else None,
        "sent_at": now if status == "sent" else None,
    }  # fmt: skip
    if table is Mail:
        values["address"] = None if address is None else seal(address, Mail.address, row_id)
    else:
        values["last_status"] = code
    connection.execute(update(table).where(table.id == row_id).values(values))
    return status
