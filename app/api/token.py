"""POST /tokens: a bearer token for a log-in name and its password."""

from flask import Blueprint

from app.api.answer import Answer, dump
from app.api.body import read_body
from app.edge.auth import check_log_in, make_act
from app.edge.context import current_context
from app.schemas.token import LogInSchema, TokenSchema
from app.services.organisation.token import issue_token

api = Blueprint("api_token", __name__)


@api.post("/tokens")
def make_token() -> Answer:
    """Give a new token, shown once; 401 with one sentence for all that can be wrong."""
    given = read_body(LogInSchema())
    context = current_context()
    person_id = check_log_in(given["login"], given["password"], source="api")
    token = context.database.write(
        lambda unit: issue_token(
            make_act(context, unit, person_id, role="self", source="api"), person_id, given["label"]
        )
    )
    shown = {"token": token.text, "expires_at": token.expires_at}
    return dump(TokenSchema(), shown), 201, {"Cache-Control": "no-store"}
