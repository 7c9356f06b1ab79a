"""Owes events to webhooks: one delivery a webhook and event, however many people are told of it.

A body is written once and never changes. It carries what everybody in the office may read; of a confidential item
it names only the id and the topic.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.database import make_insert
from app.models.message import Webhook, WebhookDelivery
from app.services.message.matter import Matter

TEST_TOPIC = "test"
_DATA = ("cause", "level", "reached_at", "outage_since", "action", "from", "to", "year")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: told once to each webhook that asks for its topic."""

    key: str
    outbox_id: int
    topic: str
    occurred_at: datetime
    payload: Mapping[str, Any]
    matter: Matter | None
    is_held: bool = False


def wants(topics: Sequence[str], topic: str) -> bool:
    """Whether a webhook with this filter is told of `topic`."""
    return not topics or topic in topics or f"{topic.partition('.')[0]}.*" in topics


def write_body(ref: str, topic: str, occurred_at: datetime, payload: Mapping[str, Any], matter: Matter | None) -> str:
    """Return what a webhook is sent, as JSON text."""
    item: dict[str, Any] | None = None
    data = {name: payload[name] for name in _DATA if payload.get(name) is not None}
    if matter is not None:
        item = {"id": matter.item_id}
        if matter.is_confidential:
            data = {}
        else:
            due_on = matter.due_on.isoformat() if matter.due_on else None
            item |= {"kind": matter.kind, "number": matter.number, "title": matter.title, "due_on": due_on}
    body = {"id": ref, "topic": topic, "occurred_at": occurred_at.isoformat(), "item": item, "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def queue_events(connection: Connection, events: Iterable[Event], at: datetime) -> int:
    """Owe the events to every active webhook that asks for them; returns how many deliveries that makes."""
    hooks = connection.execute(select(Webhook.id, Webhook.topics).where(Webhook.is_active).order_by(Webhook.id)).all()
    owed = [(hook_id, event) for event in events for hook_id, topics in hooks if wants(topics, event.topic)]
    rows = []
    for hook_id, event in sorted(owed, key=lambda one: (one[0], one[1].key)):
        ref = uuid4().hex
        rows.append(
            {
                "webhook_id": hook_id, "outbox_id": event.outbox_id, "event_key": event.key, "ref": ref,
                "topic": event.topic, "created_at": at, "attempts": 0,
                "body": write_body(ref, event.topic, event.occurred_at, event.payload, event.matter),
                "status": "held" if event.is_held else "queued", "next_at": None if event.is_held else at,
            }
        )  # fmt: skip
    if not rows:
        return 0
    statement = make_insert(connection, WebhookDelivery).on_conflict_do_nothing(
        index_elements=["webhook_id", "event_key"]
    )
    return len(connection.execute(statement.returning(WebhookDelivery.id), rows).all())
