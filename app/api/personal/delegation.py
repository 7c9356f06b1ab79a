"""/delegations: who stands in for whom; offered, accepted or declined, ended."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.edge.auth import caller_id
from app.edge.context import current_context
from app.edge.personal import delegation as edge
from app.queries.personal.delegation import list_own
from app.schemas.paging import LanguageQuerySchema
from app.schemas.personal.delegation import (
    DelegationNoteSchema,
    DelegationPageSchema,
    DelegationPreviewSchema,
    DelegationQuerySchema,
    DelegationSchema,
    NewDelegationSchema,
    ScopeSchema,
)
from app.services.delegation.checking import NewDelegation

api = Blueprint("api_delegation", __name__)
ONE = "/delegations/<int(max=9223372036854775807):delegation_id>"
_CITY = "city"


@api.get("/delegations")
def list_all() -> dict[str, Any]:
    """List the caller's delegations, given and received; for the office the whole city's."""
    given = read_query(DelegationQuerySchema)
    context, person_id = current_context(), caller_id()
    with context.database.reading() as unit:
        if given["side"] == _CITY:
            page = edge.show_city(context, unit, person_id, limit=given["limit"], cursor=given["cursor"])
        else:
            page = list_own(unit.connection(), person_id, context.now(), side=given["side"], limit=given["limit"],
                            cursor=given["cursor"])  # fmt: skip
    return dump(DelegationPageSchema, page)


@api.post("/delegations")
def offer() -> Answer:
    """Offer a delegation to its substitute."""
    given = read_body(NewDelegationSchema)
    context, person_id = current_context(), caller_id()
    asked = NewDelegation(
        given["principal"] or person_id, given["substitute"], given["from_at"], given["to_at"], given["reason"],
        _tuple(given["posts"]), _tuple(given["kinds"]), given["amount_max"],
    )  # fmt: skip
    delegation_id = edge.offer(context, person_id, asked, source="api")
    return _show(delegation_id), 201, {}


@api.post("/delegations/preview")
def preview() -> dict[str, Any]:
    """Tell how much would wait for a substitute if it began now."""
    given = read_body(ScopeSchema)
    context = current_context()
    with context.database.reading() as unit:
        principal = edge.find_principal(context, unit, caller_id(), given["principal"])
        found = edge.preview(context, unit, principal, posts=given["posts"], kinds=given["kinds"])
    return dump(DelegationPreviewSchema, found)


@api.get(ONE)
def show_one(delegation_id: int) -> dict[str, Any]:
    """Show a delegation to one of its sides or to the office."""
    read_query(LanguageQuerySchema)
    return _show(delegation_id)


@api.post(f"{ONE}/accept")
def accept(delegation_id: int) -> dict[str, Any]:
    """Accept a delegation as its substitute."""
    edge.accept(current_context(), caller_id(), delegation_id, source="api")
    return _show(delegation_id)


@api.post(f"{ONE}/decline")
def decline(delegation_id: int) -> dict[str, Any]:
    """Decline a delegation as its substitute."""
    given = read_body(DelegationNoteSchema)
    edge.decline(current_context(), caller_id(), delegation_id, given["note"], source="api")
    return _show(delegation_id)


@api.post(f"{ONE}/end")
def end(delegation_id: int) -> dict[str, Any]:
    """End a delegation with effect at once, or take back what is only offered."""
    given = read_body(DelegationNoteSchema)
    edge.end(current_context(), caller_id(), delegation_id, given["note"], source="api")
    return _show(delegation_id)


def _show(delegation_id: int) -> dict[str, Any]:
    context = current_context()
    with context.database.reading() as unit:
        return dump(DelegationSchema, edge.require_one(context, unit, caller_id(), delegation_id))


def _tuple(listed: list[Any] | None) -> tuple[Any, ...] | None:
    return None if listed is None else tuple(listed)
