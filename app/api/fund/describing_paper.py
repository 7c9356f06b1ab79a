"""What the OpenAPI document says of the documents of special funds."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.edge.paperwork.kind import MEDIA_TYPES
from app.schemas.fund.reading import FundYearQuerySchema
from app.schemas.paging import LanguageQuerySchema

Part = dict[str, Any]
_FAILS = (401, 404, 409, 422, 503)


def describe_paths(operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]]) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""

    def describe(name: str, summary: str, path_id: str, schema: type[Schema], endings: tuple[str, ...],
                 fails: tuple[int, ...]) -> Part:  # fmt: skip
        made = operation(
            name, summary, None,
            parameters=[
                {"name": path_id, "in": "path", "required": True, "schema": {"type": "integer"}},
                {"name": "ending", "in": "path", "required": True,
                 "schema": {"type": "string", "enum": list(endings)}},
                *query(schema),
            ],
            fails=fails,
        )  # fmt: skip
        made["responses"]["200"]["content"] = {
            media_type: {"schema": {"type": "string", "format": "binary"}}
            for ending, media_type in MEDIA_TYPES.items() if ending in endings
        }  # fmt: skip
        return {"get": made}

    return {
        "/allocations/{item_id}/document.{ending}": describe(
            "send_allocation_document", "The document of an allocation; 409 before it is allocated", "item_id",
            LanguageQuerySchema, ("pdf", "docx"), _FAILS),
        "/disbursements/{item_id}/order.{ending}": describe(
            "send_disbursement_order", "The order of a disbursement; 409 unless it is checked or was paid", "item_id",
            LanguageQuerySchema, ("pdf", "docx"), _FAILS),
        "/funds/{fund_id}/execution.{ending}": describe(
            "send_fund_execution", "How a fund's year is executed, as far as the caller sees the fund", "fund_id",
            FundYearQuerySchema, ("pdf", "docx", "xlsx"), (401, 403, 404, 422, 503)),
    }  # fmt: skip
