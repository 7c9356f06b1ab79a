"""GET /audit: the log of acts, for auditors, leaders and administrators; reading it is on record itself."""

from typing import Any

from flask import Blueprint

from app.api.answer import dump
from app.api.body import read_query
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.log import read_log
from app.queries.oversight.log import LogFilter
from app.schemas.audit import AuditPageSchema, AuditQuerySchema

api = Blueprint("api_audit", __name__)


@api.get("/audit")
def show_log() -> dict[str, Any]:
    """Show a page of the log, the newest act first."""
    given = read_query(AuditQuerySchema)
    actions = tuple(filter(None, given["action"].split(",")))
    wanted = LogFilter(
        given["who"], actions, given["item"], given["outcome"], given["source"], given["since"],
        given["before"], is_confidential=given["confidential"],
    )  # fmt: skip
    page = read_log(
        current_context(), caller_id(), wanted, limit=given["limit"], cursor=given["cursor"], source="api"
    ).page
    return dump(AuditPageSchema, {"items": page.rows, "next_cursor": page.next_cursor})
