"""GET /openapi.json: the API's own description (OpenAPI 3.1), assembled from the schemas that it runs on."""

from functools import cache
from typing import Any

from flask import Blueprint, jsonify
from marshmallow import Schema
from marshmallow.fields import Field
from werkzeug.wrappers import Response

from app.api.describing import (
    account,
    city,
    delegation,
    document,
    listing,
    message,
    organisation,
    personal,
    project,
    rule,
    slip,
    task,
    template,
    work,
)
from app.api.describing.completing import HEADERS, PARAMETERS, TAGS, complete_paths, describe_problems
from app.api.fund import describing as fund
from app.api.fund import describing_call, describing_paper
from app.api.meeting import describing_group
from app.api.meeting.notice import describing as meeting_notice
from app.api.meeting.record import describing as meeting_record
from app.api.meeting.sitting import describing as sitting
from app.api.on_item import describing as on_item
from app.api.paperwork import describing as paperwork
from app.api.report_plan import describing as report_plan
from app.edge.problem import MEDIA_TYPE
from app.schemas.action import ActionAnswerSchema, ActionRequestSchema, OfferListSchema
from app.schemas.day import DaySchema
from app.schemas.describing import collect_schemas, describe_field, name_schema
from app.schemas.example import make_example
from app.schemas.health import HealthSchema
from app.schemas.item import (
    Choices,
    HistoryPageSchema,
    HistoryQuerySchema,
    ItemDetailSchema,
    ItemPageSchema,
    ItemQuerySchema,
)
from app.schemas.paging import PageQuerySchema
from app.schemas.person import MeSchema
from app.schemas.problem import ProblemSchema
from app.schemas.report_owed import OwedPageSchema, OwedQuerySchema
from app.schemas.token import LogInSchema, RevokedTokenSchema, TokenPageSchema, TokenSchema

api = Blueprint("api_openapi", __name__)

Part = dict[str, Any]

_SUMMARY = "Joint work of a city's departments / 部门联办"
_DESCRIPTION = (
    "Everything that a page can do. Send `Authorization: Bearer …` (POST /tokens). Lists answer `items` and"
    " `next_cursor`; errors are problem documents (RFC 9457) that list every fault; what the caller may not read looks"
    " like what is missing. Steps name the version that they rest on (`If-Match`) and may carry an `Idempotency-Key`."
    " `?lang=zh|en` chooses the language of errors."
)
_SHOWN: tuple[type[Schema], ...] = (
    ActionAnswerSchema, ActionRequestSchema, OfferListSchema, HistoryPageSchema, ItemDetailSchema, ItemPageSchema,
    MeSchema, DaySchema, HealthSchema, OwedPageSchema, ProblemSchema, LogInSchema, TokenSchema, TokenPageSchema,
    RevokedTokenSchema, *organisation.SHOWN,
    *document.SHOWN,
    *template.SHOWN, *message.SHOWN, *slip.SHOWN, *task.SHOWN, *listing.SHOWN, *work.SHOWN, *city.SHOWN,
    *personal.SHOWN, *account.SHOWN, *delegation.SHOWN, *on_item.SHOWN, *project.SHOWN, *rule.SHOWN,
    *fund.SHOWN,
    *describing_call.SHOWN,
    *describing_group.SHOWN,
    *meeting_notice.SHOWN,
    *meeting_record.SHOWN,
    *sitting.SHOWN,
    *paperwork.SHOWN,
    *report_plan.SHOWN,
)  # fmt: skip
_ID: Part = {"name": "item_id", "in": "path", "required": True, "schema": {"type": "integer"}}
_OWN_TOKEN: Part = {"name": "own_token_id", "in": "path", "required": True, "schema": {"type": "integer"}}
_ACTION: Part = {"name": "action", "in": "path", "required": True, "schema": {"type": "string"}}
_IF_MATCH: Part = {
    "name": "If-Match", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "The version that the step rests on, as ETag gave it; needed by every step but a signature.",
}  # fmt: skip
_KEY: Part = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 200},
    "description": "A repeated request with this key gets the first answer again, for seven days.",
}  # fmt: skip


@api.get("/openapi.json")
def show_document() -> Response:
    """Show the description of the API."""
    return jsonify(make_document())


@cache
def make_document() -> Part:
    """Return the OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "联办 Lianban", "version": "1", "summary": _SUMMARY, "description": _DESCRIPTION},
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}],
        "tags": [{"name": name, "description": said} for name, said in TAGS.items()],
        "paths": complete_paths(_paths()),
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": collect_schemas(_SHOWN),
            "responses": describe_problems(),
            "headers": HEADERS,
            "parameters": PARAMETERS,
        },
    }


def _paths() -> Part:
    return {
        "/tokens": {
            "get": _operation("list_tokens", "The caller's tokens that were not revoked", TokenPageSchema,
                              parameters=_query(PageQuerySchema), fails=(401, 422)),
            "post": _operation("make_token", "A bearer token for log-in, password and code", TokenSchema, status=201,
                               body=LogInSchema, fails=(400, 401, 413, 415, 422), public=True)},
        "/tokens/{own_token_id}": {"delete": _operation("revoke_token", "Revoke one of the caller's tokens",
                                                        RevokedTokenSchema, parameters=[_OWN_TOKEN],
                                                        fails=(401, 404))},
        "/me": {"get": _operation("show_me", "Who calls, with the posts of this moment", MeSchema)},
        "/items": {"get": _operation("list_items", "The items that the caller may read", ItemPageSchema,
                                     parameters=_query(ItemQuerySchema), fails=(401, 422))},
        "/items/{item_id}": {"get": _operation("show_item", "One item; ETag names its version", ItemDetailSchema,
                                               parameters=[_ID], fails=(401, 404))},
        "/items/{item_id}/history": {"get": _operation("show_history", "An item's steps, the newest first",
                                                       HistoryPageSchema, fails=(401, 404, 422),
                                                       parameters=[_ID, *_query(HistoryQuerySchema)])},
        "/items/{item_id}/actions": {"get": _operation("show_actions", "What the caller may do now, in which post",
                                                       OfferListSchema, parameters=[_ID], fails=(401, 404))},
        "/items/{item_id}/actions/{action}": {"post": _operation(
            "take_action", "Take a step", ActionAnswerSchema, body=ActionRequestSchema,
            parameters=[_ID, _ACTION, _IF_MATCH, _KEY], fails=(400, 401, 403, 404, 409, 412, 413, 415, 422, 428))},
        **city.describe_paths(_operation, _query),
        **personal.describe_paths(_operation, _query),
        **account.describe_paths(_operation, _query),
        **delegation.describe_paths(_operation, _query),
        **listing.describe_paths(_operation, _query),
        **document.describe_paths(_operation, _query, _IF_MATCH, _KEY),
        **message.describe_paths(_operation, _query, _IF_MATCH, _KEY),
        **organisation.describe_paths(_operation, _query, _IF_MATCH, _KEY),
        **slip.describe_paths(_operation, _query),
        **task.describe_paths(_operation, _query, _KEY),
        **template.describe_paths(_operation, _query, _ID, _KEY),
        **project.describe_paths(_operation, _query, _ID),
        **on_item.describe_paths(_operation, _query, _ID, _KEY),
        **rule.describe_paths(_operation, _query, _IF_MATCH),
        **work.describe_paths(_operation, _query, _KEY),
        **report_plan.describe_paths(_operation, _query, _KEY, _IF_MATCH),
        **fund.describe_paths(_operation, _query, _IF_MATCH, _KEY),
        **describing_paper.describe_paths(_operation, _query),
        **describing_call.describe_paths(_operation, _query, _IF_MATCH, _KEY),
        **describing_group.describe_paths(_operation, _query, _IF_MATCH, _KEY),
        **meeting_notice.describe_paths(_operation, _query, _IF_MATCH, _KEY),
        **meeting_record.describe_paths(_operation, _query, _KEY),
        **sitting.describe_paths(_operation, _query, _IF_MATCH, _KEY),
        **paperwork.describe_paths(_operation, _query),
        "/reports/owed": {"get": _operation("list_reports_owed", "How many reports each department owes, and which",
                                            OwedPageSchema, parameters=_query(OwedQuerySchema), fails=(401, 422))},
        "/scheduler": {"get": _operation("show_day", "The scheduler's day: each job's last and next run", DaySchema,
                                         fails=(401, 403))},
        "/health": {"get": _operation("show_health", "How the installation stands, check by check; what was told",
                                      HealthSchema, fails=(401, 403))},
        "/openapi.json": {"get": _operation("show_document", "This document", None, fails=(), public=True)},
    }  # fmt: skip


def _query(schema: type[Schema]) -> list[Part]:
    return [
        {"name": field.data_key or name, "in": "query", "required": field.required}
        | ({"style": "form", "explode": False} if isinstance(field, Choices) else {})
        | _describe_parameter(field)
        for name, field in schema().fields.items()
    ]


def _describe_parameter(field: Field[Any]) -> Part:
    described = describe_field(field)
    said = described.pop("description", None)
    return {"schema": described} | ({} if said is None else {"description": said})


def _operation(
    name: str,
    summary: str,
    shows: type[Schema] | None,
    *,
    status: int = 200,
    body: type[Schema] | None = None,
    parameters: list[Part] | None = None,
    fails: tuple[int, ...] = (401,),
    public: bool = False,
) -> Part:
    answers: Part = {str(status): {"description": "Done", "content": _content("application/json", shows)}}
    for code in fails:
        answers[str(code)] = {"description": "Problem", "content": _content(MEDIA_TYPE, ProblemSchema)}
    found: Part = {"operationId": name, "summary": summary, "responses": answers}
    if parameters:
        found["parameters"] = parameters
    if body is not None:
        # An empty body counts as {}: it is needed only where something in it is.
        is_needed = any(field.required for field in body().load_fields.values())
        found["requestBody"] = {"required": is_needed, "content": _content("application/json", body)}
    if public:
        found["security"] = []
    return found


def _content(media_type: str, schema: type[Schema] | None) -> Part:
    if schema is None:
        return {media_type: {"schema": {"type": "object"}, "example": {}}}
    shown = {"$ref": f"#/components/schemas/{name_schema(schema)}"}
    return {media_type: {"schema": shown, "example": make_example(schema)}}
