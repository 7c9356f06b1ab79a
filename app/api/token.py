"""/tokens: a bearer token for a log-in name and its password; the caller's own tokens, listed and revoked."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.edge.auth import caller_id, make_act, token_id
from app.edge.context import current_context
from app.edge.personal.log_in import log_in_at_once
from app.queries.personal.token import list_tokens
from app.schemas.paging import PageQuerySchema
from app.schemas.token import LogInSchema, RevokedTokenSchema, TokenPageSchema, TokenSchema
from app.services.organisation.token import issue_token, revoke_own_token

api = Blueprint("api_token", __name__)


@api.post("/tokens")
def make_token() -> Answer:
    """Give a new token, shown once; 401 with one sentence for all that can be wrong, and one when a code is needed."""
    given = read_body(LogInSchema)
    context = current_context()
    person_id = log_in_at_once(given["login"], given["password"], given["code"], source="api")
    token = context.database.write(
        lambda unit: issue_token(
            make_act(context, unit, person_id, role="self", source="api"), person_id, given["label"],
            scopes=given["scopes"], days=given["expires_in_days"],
        )
    )  # fmt: skip
    shown = {**asdict(token), "token": token.text}
    return dump(TokenSchema, shown), 201, {"Cache-Control": "no-store"}


@api.get("/tokens")
def list_own() -> dict[str, Any]:
    """List the caller's tokens; the one that this request carries is marked."""
    given = read_query(PageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        page = list_tokens(unit.connection(), caller_id(), context.now(), limit=given["limit"], cursor=given["cursor"])
    rows = [{**asdict(row), "is_this": row.id == token_id()} for row in page.items]
    return dump(TokenPageSchema, {"items": rows, "next_cursor": page.next_cursor})


@api.delete("/tokens/<int(max=9223372036854775807):own_token_id>")
def revoke_one(own_token_id: int) -> dict[str, Any]:
    """Revoke one of the caller's tokens at once; again it changes nothing."""
    context, person_id = current_context(), caller_id()
    context.database.write(
        lambda unit: revoke_own_token(make_act(context, unit, person_id, role="self", source="api"), own_token_id)
    )
    return dump(RevokedTokenSchema, {"id": own_token_id, "revoked": True})
