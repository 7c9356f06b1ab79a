"""What the OpenAPI document says of delegations."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

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

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (
    DelegationNoteSchema, DelegationPageSchema, DelegationPreviewSchema, DelegationSchema, NewDelegationSchema,
    ScopeSchema,
)  # fmt: skip
_CREATED = 201
_BODY = (400, 401, 403, 404, 409, 413, 415, 422)


def describe_paths(operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]]) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    one = {"name": "delegation_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        "/delegations": {
            "get": operation("list_delegations", "Who stands in for the caller and for whom the caller stands in",
                             DelegationPageSchema, parameters=query(DelegationQuerySchema), fails=(401, 403, 422)),
            "post": operation("offer_delegation", "Offer a delegation; offered twice it is there once",
                              DelegationSchema, status=_CREATED, body=NewDelegationSchema,
                              fails=(400, 401, 403, 409, 413, 415, 422))},
        "/delegations/preview": {"post": operation(
            "preview_delegation", "How much would wait for a substitute if it began now", DelegationPreviewSchema,
            body=ScopeSchema, fails=(400, 401, 403, 404, 413, 415, 422))},
        "/delegations/{delegation_id}": {"get": operation(
            "show_delegation", "One delegation, for its two sides and the office", DelegationSchema,
            parameters=[one, *query(LanguageQuerySchema)], fails=(401, 404, 422))},
        "/delegations/{delegation_id}/accept": {"post": operation(
            "accept_delegation", "Accept as the substitute; only then has it effect", DelegationSchema,
            parameters=[one], fails=(401, 403, 404, 409))},
        "/delegations/{delegation_id}/decline": {"post": operation(
            "decline_delegation", "Decline as the substitute", DelegationSchema, body=DelegationNoteSchema,
            parameters=[one], fails=_BODY)},
        "/delegations/{delegation_id}/end": {"post": operation(
            "end_delegation", "End it with effect at once, as one of both sides", DelegationSchema,
            body=DelegationNoteSchema, parameters=[one], fails=_BODY)},
    }  # fmt: skip
