"""GET /me: who calls, with the posts of this moment."""

from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.edge.auth import caller_id, require_actor
from app.edge.context import current_context
from app.schemas.person import MeSchema

api = Blueprint("api_me", __name__)


@api.get("/me")
def show_me() -> dict[str, Any]:
    """Show the caller."""
    with current_context().database.reading() as unit:
        return dump(MeSchema, require_actor(unit, caller_id()))
