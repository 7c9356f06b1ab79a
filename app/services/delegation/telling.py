"""Owes both sides a message for each turn of a delegation: offered, accepted, declined, begins, ends, ended early.

The beginning and the end are owed ahead for their instants, so that they are told on time without a job of their own.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from app.models.delegation import Delegation
from app.models.record import Outbox
from app.policy.people import name_people
from app.services.act import Act

OFFERED, ACCEPTED, DECLINED = "delegation.offered", "delegation.accepted", "delegation.declined"
BEGINS, ENDS, ENDED_EARLY = "delegation.begins", "delegation.ends", "delegation.ended_early"


def tell(act: Act, row: Row[Any], topic: str, *, at: datetime | None = None, note: str | None = None) -> None:
    """Owe both sides a message about a delegation, now or `at` a later instant."""
    names = name_people(act.connection, (row.principal_id, row.substitute_id))
    payload: dict[str, Any] = {
        "delegation": row.id, "principal": names[row.principal_id], "substitute": names[row.substitute_id],
        "from": row.from_at.isoformat(), "to": row.to_at.isoformat(), "by_office": row.is_by_office,
    }  # fmt: skip
    if note:
        payload["note"] = note
    when = act.now if at is None else at
    act.connection.execute(
        insert(Outbox),
        [
            {
                "item_id": None, "recipient": f"U:{person_id}", "topic": topic, "payload": payload,
                "status": "pending", "unique_key": f"{topic}:{row.id}:{person_id}", "not_before": when,
                "created_at": when,
            }
            for person_id in (row.principal_id, row.substitute_id)
        ],
    )  # fmt: skip


def call_off(act: Act, row: Row[Any], topics: Iterable[str]) -> None:
    """Take back what was owed ahead of a delegation and has not been told."""
    keys = [f"{topic}:{row.id}:{person_id}" for topic in topics for person_id in (row.principal_id, row.substitute_id)]
    act.connection.execute(
        update(Outbox).where(Outbox.unique_key.in_(keys), Outbox.status == "pending").values(status="muted")
    )


def read_row(act: Act, delegation_id: int) -> Row[Any] | None:
    """Return a delegation's row, locked until the unit of work ends."""
    return act.connection.execute(
        select(*Delegation.__table__.columns).where(Delegation.id == delegation_id).with_for_update()
    ).first()
