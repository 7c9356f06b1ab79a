"""GET and POST /items/{id}/actions: what the caller may do now, and doing it."""

from typing import Any

from flask import Blueprint, request

from app.api.answer import Answer, dump, etag
from app.api.body import read_body, read_version
from app.api.item import ITEM
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.edge.reading import log_reading_of
from app.schemas.action import ActionAnswerSchema, ActionRequestSchema, OfferListSchema
from app.services.offering import list_offers
from app.services.transitions import Request, perform

api = Blueprint("api_action", __name__)


@api.get(f"{ITEM}/actions")
def show_actions(item_id: int) -> Answer:
    """Show the steps that the caller's posts fit: open ones with what they ask for, closed ones with the reason."""
    context = current_context()
    with context.database.reading() as unit:
        actor = require_actor(unit, caller_id())
        offers = list_offers(unit.connection(), context.book, caller_id(), item_id, context.now())
    log_reading_of(context, actor, item_id, source="api")
    return dump(OfferListSchema, offers), 200, etag(offers.version)


@api.post(f"{ITEM}/actions/<action>")
def take_action(item_id: int, action: str) -> Answer:
    """Take a step on the version that If-Match names; repeated under one Idempotency-Key it happens once."""
    given = read_body(ActionRequestSchema)
    wanted = Request(
        action, given["fields_"], read_version(), request.headers.get("Idempotency-Key"), given["as_post"], "api"
    )
    context, person_id = current_context(), caller_id()
    now = context.now()
    outcome = context.database.write(lambda unit: perform(unit, context.book, person_id, now, item_id, wanted))
    shown: dict[str, Any] = dump(ActionAnswerSchema, outcome.answer)
    replayed = {"Idempotency-Replayed": "true"} if outcome.is_replay else {}
    return shown, 200, {**etag(outcome.answer["version"]), **replayed}
