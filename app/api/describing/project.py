"""What the OpenAPI document says of plans, changes, lights over time and workflows."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.item import ItemPageSchema
from app.schemas.paging import LanguageQuerySchema
from app.schemas.project import ChangesSchema, LightsSchema, PlanQuerySchema, ProjectPlanSchema, SinceQuerySchema
from app.schemas.workflow import WaySchema, WorkflowListSchema, WorkflowSchema

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (
    ChangesSchema, LightsSchema, ProjectPlanSchema, WaySchema, WorkflowListSchema, WorkflowSchema,
)  # fmt: skip
_KIND: Part = {"name": "kind", "in": "path", "required": True, "schema": {"type": "string"}}


def describe_paths(operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], item: Part) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does, `item` names an item."""
    lang = query(LanguageQuerySchema)
    fails = (401, 404, 422)
    return {
        "/items/{item_id}/changes": {"get": operation(
            "show_changes", "What changed since a day in an item and below it", ChangesSchema,
            parameters=[item, *query(SinceQuerySchema)], fails=fails)},
        "/items/{item_id}/lights": {"get": operation(
            "show_lights", "An item's light over time, with its overrides", LightsSchema, parameters=[item, *lang],
            fails=fails)},
        "/items/{item_id}/plan": {"get": operation(
            "show_project_plan", "A project's grid of phases and stages, and each department's part", ProjectPlanSchema,
            parameters=[item, *lang], fails=fails)},
        "/items/{item_id}/plan/tasks": {"get": operation(
            "list_plan_tasks", "The tasks of a project's plan, of a phase and stage if asked for", ItemPageSchema,
            parameters=[item, *query(PlanQuerySchema)], fails=fails)},
        "/items/{item_id}/workflow": {"get": operation(
            "show_item_workflow", "The regulation that an item runs under, and the way that it took", WaySchema,
            parameters=[item, *lang], fails=fails)},
        "/workflows": {"get": operation("list_workflows", "Every kind's regulation", WorkflowListSchema,
                                        parameters=lang, fails=(401, 422))},
        "/workflows/{kind}": {"get": operation("show_workflow", "A kind's regulation: states, steps, clocks",
                                               WorkflowSchema, parameters=[_KIND, *lang], fails=fails)},
    }  # fmt: skip
