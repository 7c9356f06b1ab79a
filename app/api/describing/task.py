"""What the OpenAPI document says of new tasks and of requests."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.batch import (
    BatchAnswerSchema,
    BatchQuerySchema,
    BatchRequestSchema,
    TaskAnswerSchema,
    TaskQuerySchema,
    TaskRequestSchema,
)
from app.schemas.item import ItemPageSchema
from app.schemas.request import RequestPageSchema, RequestQuerySchema, SupervisionRequestSchema

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (
    BatchAnswerSchema, BatchRequestSchema, TaskAnswerSchema, TaskRequestSchema, RequestPageSchema,
    SupervisionRequestSchema,
)  # fmt: skip
_BODY = (400, 401, 403, 404, 409, 413, 415, 422)
_REQUEST: Part = {"name": "request_id", "in": "path", "required": True, "schema": {"type": "integer"}}
_FORM: Part = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "CSV or XLSX; `flask task template` writes one."},
        "document_id": {"type": "integer"},
        "draft": {"type": "string", "enum": ["0", "1"]},
        "again": {"type": "string", "enum": ["0", "1"], "description": "The same file once more within a day."},
    },
}


def describe_paths(operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], key: Part) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    options = query(BatchQuerySchema)
    batch = operation("make_tasks", "Many tasks, or none: every fault of every row at once", BatchAnswerSchema,
                      status=201, body=BatchRequestSchema, parameters=[key, *options], fails=_BODY)  # fmt: skip
    batch["requestBody"]["content"]["multipart/form-data"] = {"schema": _FORM}
    return {
        "/tasks": {
            "get": operation("list_tasks", "The tasks that the caller may read", ItemPageSchema,
                             parameters=query(TaskQuerySchema), fails=(401, 422)),
            "post": operation("make_task", "A new task, assigned unless `draft`", TaskAnswerSchema, status=201,
                              body=TaskRequestSchema, parameters=[key, *options], fails=_BODY)},
        "/tasks/batch": {"post": batch},
        "/requests": {"get": operation("list_requests", "The requests that the caller may read, the last filed first",
                                       RequestPageSchema, parameters=query(RequestQuerySchema), fails=(401, 422))},
        "/requests/{request_id}": {"get": operation("show_request", "One request; ETag names its version",
                                                    SupervisionRequestSchema, parameters=[_REQUEST],
                                                    fails=(401, 404))},
    }  # fmt: skip
