"""What the OpenAPI document says of slips, rungs and departments' records."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.slip import (
    PaperQuerySchema,
    RecordListSchema,
    RecordQuerySchema,
    RungPageSchema,
    RungQuerySchema,
    SlipPageSchema,
    SlipQuerySchema,
)

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (SlipPageSchema, RungPageSchema, RecordListSchema)


def describe_paths(operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]]) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    return {
        "/slips": {"get": operation("list_slips", "The slips that the caller may read, the newest first",
                                    SlipPageSchema, parameters=query(SlipQuerySchema), fails=(401, 422))},
        "/slips/{slip_id}/pdf": {"get": _paper(operation, query, "show_slip_paper", "A slip as PDF", "slip_id")},
        "/escalations": {"get": operation("list_escalations", "Rungs that were reached, the newest first",
                                          RungPageSchema, parameters=query(RungQuerySchema), fails=(401, 422))},
        "/escalations/{rung_id}/pdf": {"get": _paper(operation, query, "show_reminder_paper",
                                                     "The reminder of a rung of level 1 as PDF", "rung_id")},
        "/department-records": {"get": operation(
            "list_department_records", "Departments' records in supervision, the most points first",
            RecordListSchema, parameters=query(RecordQuerySchema), fails=(401, 422))},
    }  # fmt: skip


def _paper(
    operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], name: str, summary: str, path_id: str
) -> Part:
    number: Part = {"name": path_id, "in": "path", "required": True, "schema": {"type": "integer"}}
    made = operation(name, summary, None, parameters=[number, *query(PaperQuerySchema)], fails=(401, 404, 422, 503))
    made["responses"]["200"]["content"] = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
    return made
