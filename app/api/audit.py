"""GET /audit: the log of acts and its seal, for auditors, leaders and administrators; reading it is on record."""

from typing import Any

from flask import Blueprint, Response

from app.api.answer import dump
from app.api.body import read_query
from app.core.merkle.proof import write_proof
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.log import read_log
from app.edge.seal.heads import read_heads
from app.edge.seal.proving import prove_for_person
from app.queries.oversight.log import LogFilter
from app.schemas.audit import AuditPageSchema, AuditQuerySchema, HeadPageSchema
from app.schemas.paging import PageQuerySchema

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


@api.get("/audit/heads")
def show_heads() -> dict[str, Any]:
    """Show the signed heads of the log, the newest first."""
    given = read_query(PageQuerySchema)
    page = read_heads(
        current_context(), caller_id(), limit=given["limit"], cursor=given["cursor"], source="api"
    ).page  # fmt: skip
    return dump(HeadPageSchema, {"items": page.rows, "next_cursor": page.next_cursor})


@api.get("/audit/<int:audit_id>/proof")
def show_proof(audit_id: int) -> Response:
    """Show the proof that an entry is sealed, byte for byte as it is verified."""
    proof = prove_for_person(current_context(), caller_id(), audit_id, "api")
    return Response(write_proof(proof), mimetype="application/json")
