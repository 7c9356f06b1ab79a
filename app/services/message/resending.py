"""What an administrator does with what was not sent: send it again, let held ones go, or mute them.

A repetition is a row of its own, so each press sends once and is marked; a second press inside one second is the
same one (case P98).
"""

from datetime import timedelta
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import insert, or_, select, update

from app.core.errors import ConflictError, NotFoundError, Sentence
from app.models.message import Mail, MailLine, WebhookDelivery
from app.services.act import Act
from app.services.message.claiming import Table

DOUBLE_CLICK = timedelta(seconds=1)
#: Waiting, or failed: the repetition takes their place. What was sent stays as it was.
_REPLACED = ("queued", "failed", "held", "off", "muted")

Kind = Literal["mail", "webhook"]
_TABLES: dict[Kind, Table] = {"mail": Mail, "webhook": WebhookDelivery}


def resend(act: Act, kind: Kind, row_id: int) -> int:
    """Send a mail or a webhook delivery again; returns the id of the repetition.

    ConflictError while it is just being sent; NotFoundError when there is none.
    """
    table = _TABLES[kind]
    row: Any = act.connection.execute(select(table).where(table.id == row_id).with_for_update()).first()
    if row is None:
        raise NotFoundError("没有这条发送记录。", "There is no such delivery.")
    taken = act.connection.execute(
        update(table)
        .where(
            table.id == row_id,
            or_(table.resent_at.is_(None), table.resent_at <= act.now - DOUBLE_CLICK),
            table.status != "sending",
        )
        .values(resent_at=act.now)
    )
    if not taken.rowcount:
        return _find_first_press(act, table, row)
    ref = uuid4().hex
    values = {
        "status": "queued", "created_at": act.now, "next_at": act.now, "attempts": 0, "resend_of": row_id,
        "asked_by": act.acting.person_id,
    }  # fmt: skip
    if table is Mail:
        values |= {"person_id": row.person_id, "kind": "once", "unique_key": f"resend:{ref}", "ref": ref}
    else:
        # The receiver knows it by the same id, with the same body (case P96).
        values |= {name: getattr(row, name) for name in ("webhook_id", "outbox_id", "topic", "ref", "body")}
        values["event_key"] = f"resend:{ref}"
    new_id = act.connection.execute(insert(table).values(values).returning(table.id)).scalar_one()
    if table is Mail:
        _copy_lines(act, row_id, new_id)
    if row.status in _REPLACED:
        act.connection.execute(update(table).where(table.id == row_id).values({"status": "replaced", "next_at": None}))
    act.audit(f"{kind}.resend", f"{kind}:{row_id}", after={"repetition": new_id})
    return int(new_id)


def _copy_lines(act: Act, row_id: int, new_id: int) -> None:
    lines = select(MailLine.message_id).where(
        MailLine.mail_id == row_id, or_(MailLine.dropped.is_(None), MailLine.dropped == "muted")
    )
    rows = [{"mail_id": new_id, "message_id": found} for found in act.connection.execute(lines).scalars()]
    if rows:
        act.connection.execute(insert(MailLine), rows)


def _find_first_press(act: Act, table: Table, row: Any) -> int:  # noqa: ANN401  # a row of either table
    found = act.connection.execute(
        select(table.id).where(table.resend_of == row.id).order_by(table.id.desc()).limit(1)
    ).scalar_one_or_none()
    if row.status == "sending" or found is None:
        raise ConflictError(
            "being_sent", Sentence("正在发送，请稍后查看结果。", "It is just being sent; look again soon.")
        )
    return int(found)


def release_held(act: Act) -> dict[str, int]:
    """Let everything go that a long stop holds; returns how many mails and webhook deliveries."""
    return _settle(act, "held.release", {"status": "queued", "next_at": act.now})


def mute_held(act: Act) -> dict[str, int]:
    """Send nothing of what a long stop holds; returns how many mails and webhook deliveries."""
    return _settle(act, "held.mute", {"status": "muted", "next_at": None})


def _settle(act: Act, action: str, values: dict[str, Any]) -> dict[str, int]:
    counts: dict[str, int] = {}
    tables: tuple[tuple[str, Table], ...] = (("mails", Mail), ("webhooks", WebhookDelivery))
    for name, table in tables:
        done = act.connection.execute(update(table).where(table.status == "held").values(values))
        counts[name] = int(done.rowcount)
    act.audit(action, "delivery", after=counts)
    return counts
