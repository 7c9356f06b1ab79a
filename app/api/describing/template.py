"""What the OpenAPI document says of templates, the projects made from them, and links."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.item import ItemPageSchema, ProjectQuerySchema
from app.schemas.link import LinkQuerySchema, LinksSchema, NewLinksSchema
from app.schemas.template import (
    MadeProjectSchema,
    NewProjectSchema,
    NewTemplateSchema,
    PlanRequestSchema,
    PlanSchema,
    TemplateDetailSchema,
    TemplateListSchema,
)

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (
    LinksSchema, NewLinksSchema, MadeProjectSchema, NewProjectSchema, NewTemplateSchema, PlanRequestSchema,
    PlanSchema, TemplateDetailSchema, TemplateListSchema,
)  # fmt: skip
_WRITES = (400, 401, 403, 404, 409, 413, 415, 422)


def describe_paths(
    operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], item_id: Part, key: Part
) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    one = {"name": "template_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        "/templates": {
            "get": operation("list_templates", "The newest version of each project template", TemplateListSchema),
            "post": operation("add_template", "Add a template, or a new version; the same again changes nothing",
                              TemplateDetailSchema, status=201, body=NewTemplateSchema, fails=_WRITES),
        },
        "/templates/{template_id}": {
            "get": operation("show_template", "One version of a template", TemplateDetailSchema, parameters=[one],
                             fails=(401, 404)),
        },
        "/templates/{template_id}/plan": {
            "post": operation("plan_project", "The project that would be made; nothing is written", PlanSchema,
                              parameters=[one], body=PlanRequestSchema, fails=_WRITES),
        },
        "/projects": {
            "get": operation("list_projects", "The projects that the caller may read", ItemPageSchema,
                             parameters=query(ProjectQuerySchema), fails=(401, 422)),
            "post": operation("make_project", "Make a project from a template, with its phases, tasks and order",
                              MadeProjectSchema, status=201, body=NewProjectSchema, parameters=[key], fails=_WRITES),
        },
        "/items/{item_id}/links": {
            "get": operation("show_links", "What an item is linked with, waits for, and holds up", LinksSchema,
                             parameters=[item_id], fails=(401, 404)),
            "post": operation("add_links", "Lay links, all or none; a loop is refused with its chain", LinksSchema,
                              status=201, body=NewLinksSchema, parameters=[item_id], fails=_WRITES),
            "delete": operation("remove_link", "Take a link away", LinksSchema,
                                parameters=[item_id, *query(LinkQuerySchema)], fails=(401, 403, 404, 422)),
        },
    }  # fmt: skip
