"""What the OpenAPI document says of issued papers."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.edge.paperwork.kind import MEDIA_TYPES
from app.schemas.paging import LanguageQuerySchema
from app.schemas.paperwork.paper import (
    CheckedFileSchema,
    CheckedPaperSchema,
    IssuedFileSchema,
    IssuedPaperDetailSchema,
    IssuedPaperPageSchema,
    IssuedPaperSchema,
    PaperFileQuerySchema,
    PaperQuerySchema,
)

Part = dict[str, Any]
SHOWN: tuple[type[Schema], ...] = (
    IssuedFileSchema, IssuedPaperSchema, IssuedPaperPageSchema, IssuedPaperDetailSchema, CheckedFileSchema,
    CheckedPaperSchema,
)  # fmt: skip
_PAPER: Part = {"name": "paper_id", "in": "path", "required": True, "schema": {"type": "integer"}}
_ENDING: Part = {
    "name": "ending", "in": "path", "required": True, "schema": {"type": "string", "enum": list(MEDIA_TYPES)},
}  # fmt: skip
_CODE: Part = {"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}


def describe_paths(operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]]) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    file = operation(
        "send_issued_file", "A file of an issued paper, byte for byte; 409 for who may read it only in part", None,
        parameters=[_PAPER, _ENDING, *query(PaperFileQuerySchema)], fails=(401, 404, 409, 422, 503),
    )  # fmt: skip
    file["responses"]["200"]["content"] = {
        media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in MEDIA_TYPES.values()
    }
    return {
        "/papers": {"get": operation(
            "list_issued_papers", "The issued papers that the caller sees, the last issued first",
            IssuedPaperPageSchema, parameters=query(PaperQuerySchema), fails=(401, 422))},
        "/papers/{paper_id}": {"get": operation(
            "show_issued_paper", "An issued paper with its files and versions", IssuedPaperDetailSchema,
            parameters=[_PAPER, *query(LanguageQuerySchema)], fails=(401, 404, 422))},
        "/papers/{paper_id}/files/{ending}": {"get": file},
        "/verify/{code}": {"get": operation(
            "verify_paper", "Whether a paper with this code is genuine and holds; 404 when there is none",
            CheckedPaperSchema, parameters=[_CODE, *query(LanguageQuerySchema)], fails=(404, 422), public=True)},
    }  # fmt: skip
