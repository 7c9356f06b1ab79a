"""What the OpenAPI document says of lists of items: projects, files, saved views."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.ledger.table_file import MEDIA_TYPES
from app.schemas.item import EXPORT_ENDINGS, ExportQuerySchema
from app.schemas.saved_view import NewViewSchema, ViewPageSchema, ViewQuerySchema, ViewSchema

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (NewViewSchema, ViewPageSchema, ViewSchema)
_ENDING: Part = {
    "name": "ending", "in": "path", "required": True, "schema": {"type": "string", "enum": list(EXPORT_ENDINGS)},
}  # fmt: skip
_VIEW: Part = {"name": "view_id", "in": "path", "required": True, "schema": {"type": "integer"}}


def describe_paths(operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]]) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    export = operation("export_items", "A list as a file, at most 5,000 rows", None,
                       parameters=[_ENDING, *query(ExportQuerySchema)], fails=(401, 404, 409, 422))  # fmt: skip
    export["responses"]["200"]["content"] = {
        media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
        for media_type in MEDIA_TYPES.values()
    }
    save = operation("save_view", "Save a list's address under a name", ViewSchema, status=201, body=NewViewSchema,
                     fails=(400, 401, 403, 409, 413, 415, 422))  # fmt: skip
    save["responses"]["200"] = {**save["responses"]["201"], "description": "A known view was changed"}
    return {
        "/items/export.{ending}": {"get": export},
        "/views": {
            "get": operation("list_views", "The saved views that the caller is offered", ViewPageSchema,
                             parameters=query(ViewQuerySchema), fails=(401, 422)),
            "post": save},
        "/views/{view_id}": {"delete": operation("delete_view", "Take a saved view away", ViewSchema,
                                                 parameters=[_VIEW], fails=(401, 404))},
    }  # fmt: skip
