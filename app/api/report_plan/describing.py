"""What the OpenAPI document says of plans of reports, of the kinds of papers, of what plans made for readers."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.paging import LanguageQuerySchema, PageQuerySchema
from app.schemas.work.report_plan import (
    PaperKindListSchema,
    ReportDeliveryDetailSchema,
    ReportDeliveryPageSchema,
    ReportPlanAnswerSchema,
    ReportPlanBodySchema,
    ReportPlanListSchema,
    ReportPlanSchema,
    ReportRunAnswerSchema,
    ReportRunBodySchema,
    ReportRunPageSchema,
)

Part = dict[str, Any]
SHOWN: tuple[type[Schema], ...] = (
    PaperKindListSchema, ReportDeliveryDetailSchema, ReportDeliveryPageSchema, ReportPlanAnswerSchema,
    ReportPlanBodySchema, ReportPlanListSchema, ReportPlanSchema, ReportRunAnswerSchema, ReportRunBodySchema,
    ReportRunPageSchema,
)  # fmt: skip
_MOVES = (401, 403, 404, 409, 412, 422, 428)
_WRITES = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428)


def describe_paths(
    operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], key: Part, match: Part
) -> Part:  # fmt: skip
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    plan = {"name": "plan_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    run = {"name": "run_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    file_id = {"name": "file_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    language, page = query(LanguageQuerySchema), query(PageQuerySchema)
    file = operation("show_report_file", "A file of a report that the caller got", None, parameters=[run, file_id],
                     fails=(401, 403, 404, 503))  # fmt: skip
    file["responses"]["200"]["content"] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    changes = [plan, match, key]
    return {
        "/reports/kinds": {"get": operation(
            "list_report_kinds", "The kinds of papers that the caller may have, with what each needs",
            PaperKindListSchema, parameters=language, fails=(401, 422))},
        "/reports/plans": {
            "get": operation("list_report_plans", "Every plan of reports, for the office", ReportPlanListSchema,
                             parameters=language, fails=(401, 403, 422)),
            "post": operation("make_report_plan", "Make a plan: what falls due from now on is made by itself",
                              ReportPlanAnswerSchema, status=201, body=ReportPlanBodySchema, parameters=[key],
                              fails=(400, 401, 403, 409, 413, 415, 422))},
        "/reports/plans/{plan_id}": {
            "get": operation("show_report_plan", "A plan with its recipients and when it is due next",
                             ReportPlanSchema, parameters=[plan, *language], fails=(401, 403, 404, 422)),
            "put": operation("change_report_plan", "Change a plan", ReportPlanAnswerSchema,
                             body=ReportPlanBodySchema, parameters=changes, fails=_WRITES)},
        "/reports/plans/{plan_id}/pause": {"post": operation(
            "pause_report_plan", "Let a plan rest; what falls due meanwhile is not made up for",
            ReportPlanAnswerSchema, parameters=changes, fails=_MOVES)},
        "/reports/plans/{plan_id}/resume": {"post": operation(
            "resume_report_plan", "Let a plan go on", ReportPlanAnswerSchema, parameters=changes, fails=_MOVES)},
        "/reports/plans/{plan_id}/run": {"post": operation(
            "run_report_plan", "Make the report of a period now: the one that ended last, or one that failed",
            ReportRunAnswerSchema, status=202, body=ReportRunBodySchema, parameters=changes, fails=_WRITES)},
        "/reports/plans/{plan_id}/runs": {"get": operation(
            "list_report_runs", "A plan's runs, the newest first", ReportRunPageSchema, parameters=[plan, *page],
            fails=(401, 403, 404, 422))},
        "/reports/deliveries": {"get": operation(
            "list_report_deliveries", "The reports that the caller got, the newest first", ReportDeliveryPageSchema,
            parameters=page, fails=(401, 422))},
        "/reports/deliveries/{run_id}": {"get": operation(
            "show_report_delivery", "A report that the caller got, for the office any that was made, with its files",
            ReportDeliveryDetailSchema, parameters=[run, *language], fails=(401, 403, 404, 422))},
        "/reports/deliveries/{run_id}/files/{file_id}": {"get": file},
    }  # fmt: skip
