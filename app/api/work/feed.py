"""/feeds: the caller's calendar feeds: made, listed, revoked. A feed itself is read at its own address."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, request

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.edge.auth import caller_id, make_act
from app.edge.context import Unit, current_context
from app.edge.feed import make_own_feed
from app.queries.personal.feed import list_feeds
from app.schemas.paging import LanguageQuerySchema
from app.schemas.work.feed import FeedPageSchema, MadeFeedSchema, NewFeedSchema, RevokedFeedSchema
from app.services.organisation.repeating import do_once
from app.services.personal.feed import revoke_feed

api = Blueprint("api_feed", __name__)
FEED = "/feeds/<int(max=9223372036854775807):feed_id>"
_CREATED = 201


@api.get("/feeds")
def list_all() -> dict[str, Any]:
    """List the caller's feeds."""
    read_query(LanguageQuerySchema)
    with current_context().database.reading() as unit:
        rows = list_feeds(unit.connection(), caller_id())
    return dump(FeedPageSchema, {"items": rows, "next_cursor": None})


@api.post("/feeds")
def create() -> Answer:
    """Make a feed; its address is in this answer and nowhere else.

    A request repeated under its key gets the feed without the address: an answer that is kept holds no secret.
    """
    given = read_body(NewFeedSchema)
    context, person_id = current_context(), caller_id()
    key = request.headers.get("Idempotency-Key")

    def write(unit: Unit) -> tuple[int, str]:
        act = make_act(context, unit, person_id, role="self", source="api")
        address = ""

        def make() -> dict[str, Any]:
            nonlocal address
            feed_id, address = make_own_feed(context, act, given["label"], given["lang"], given["alarm_days"])
            return {"id": feed_id}

        answer, _ = do_once(act, key, {"path": "/feeds", "given": dict(given)}, make, status=_CREATED)
        return int(answer["id"]), address

    feed_id, address = context.database.write(write)
    with context.database.reading() as unit:
        row = next((one for one in list_feeds(unit.connection(), person_id) if one.id == feed_id), None)
    shown = {"id": feed_id, "created_at": context.now(), "read_at": None, **given} if row is None else asdict(row)
    replayed = {} if address else {"Idempotency-Replayed": "true"}
    return dump(MadeFeedSchema, {**shown, "address": address}), _CREATED, {"Cache-Control": "no-store", **replayed}


@api.delete(FEED)
def revoke(feed_id: int) -> dict[str, Any]:
    """Revoke a feed at once (idempotent)."""
    context, person_id = current_context(), caller_id()
    context.database.write(
        lambda unit: revoke_feed(make_act(context, unit, person_id, role="self", source="api"), feed_id)
    )
    return dump(RevokedFeedSchema, {"id": feed_id, "revoked": True})
