"""/webhooks and /deliveries: administrators say which systems are told, and see and repeat what was not sent."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.api.organising import CREATED, write_once
from app.core.errors import ForbiddenError, NotFoundError, Sentence
from app.edge.administering import may_write
from app.edge.auth import caller_id, require_actor
from app.edge.context import Unit, current_context
from app.edge.sending import check_webhook_address
from app.queries.message import DeliveryKind, list_deliveries, list_webhooks
from app.schemas.message import (
    CreatedWebhookSchema,
    DeliveryPageSchema,
    DeliveryQuerySchema,
    DoneSchema,
    HeldSchema,
    NewWebhookSchema,
    SettledSchema,
    WebhookPageSchema,
)
from app.services.act import Act
from app.services.message.hook import add_webhook, disable_webhook, queue_test
from app.services.message.resending import mute_held, release_held, resend

api = Blueprint("api_webhook", __name__)

WEBHOOK = "/webhooks/<int(max=9223372036854775807):webhook_id>"
_ADMINS_ONLY = Sentence("此页由系统管理员查看。", "This is for administrators.")
_KINDS: dict[str, DeliveryKind] = {"mail": "mail", "webhook": "webhook"}


def _require_admin(unit: Unit) -> None:
    if not may_write(require_actor(unit, caller_id())):
        raise ForbiddenError("admins_only", _ADMINS_ONLY)


@api.get("/webhooks")
def list_all() -> dict[str, Any]:
    """List the webhooks."""
    with current_context().database.reading() as unit:
        _require_admin(unit)
        hooks = list_webhooks(unit.connection())
    return dump(WebhookPageSchema, {"items": hooks, "next_cursor": None})


@api.post("/webhooks")
def create() -> Answer:
    """Tell another system; its address is looked at before anything is written."""
    given = read_body(NewWebhookSchema)
    context = current_context()
    with context.database.reading() as unit:
        _require_admin(unit)
    url = check_webhook_address(context, given["url"])

    def add(act: Act) -> dict[str, Any]:
        webhook_id, secret = add_webhook(act, url, given["topics"], given["secret"])
        return dump(CreatedWebhookSchema, {"id": webhook_id, "secret": secret})

    return write_once({**given, "url": url}, add, status=CREATED)


@api.post(f"{WEBHOOK}/disable")
def disable(webhook_id: int) -> Answer:
    """Call a webhook no more."""

    def stop(act: Act) -> dict[str, Any]:
        disable_webhook(act, webhook_id)
        return dump(DoneSchema, {"id": webhook_id})

    return write_once({}, stop)


@api.post(f"{WEBHOOK}/test")
def make_test(webhook_id: int) -> Answer:
    """Owe a webhook a test call; the delivery log shows how it went."""
    return write_once({}, lambda act: dump(DoneSchema, {"id": queue_test(act, webhook_id)}))


@api.get("/deliveries")
def list_log() -> dict[str, Any]:
    """List mails or webhook deliveries with every attempt, the newest first."""
    given = read_query(DeliveryQuerySchema)
    with current_context().database.reading() as unit:
        _require_admin(unit)
        page = list_deliveries(unit.connection(), _KINDS[given["kind"]], is_unsent=given["unsent"],
                               limit=given["limit"], cursor=given["cursor"])  # fmt: skip
    return dump(DeliveryPageSchema, page)


@api.post("/deliveries/<kind>/<int(max=9223372036854775807):delivery_id>/resend")
def send_again(kind: str, delivery_id: int) -> Answer:
    """Send a mail or a webhook delivery again; the answer names the repetition."""
    found = _KINDS.get(kind)
    if found is None:
        raise NotFoundError
    return write_once({}, lambda act: dump(DoneSchema, {"id": resend(act, found, delivery_id)}))


@api.post("/deliveries/held")
def settle() -> Answer:
    """Release or mute everything that a long stop holds."""
    given = read_body(HeldSchema)
    work = release_held if given["decision"] == "release" else mute_held
    return write_once(given, lambda act: dump(SettledSchema, work(act)))
