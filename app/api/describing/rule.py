"""What the OpenAPI document says of the rules and of changes of them."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.paging import LanguageQuerySchema, PageQuerySchema
from app.schemas.ruling.rule import (
    RuleChangeBodySchema,
    RuleChangePageSchema,
    RuleChangeQuerySchema,
    RuleChangeSchema,
    RuleMoveAnswerSchema,
    RuleMoveSchema,
    RuleNoteSchema,
    RulePreviewSchema,
    RuleVersionDetailSchema,
    RuleVersionPageSchema,
)

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (
    RuleChangeBodySchema, RuleChangePageSchema, RuleChangeSchema, RuleMoveAnswerSchema, RuleMoveSchema, RuleNoteSchema,
    RulePreviewSchema, RuleVersionDetailSchema, RuleVersionPageSchema,
)  # fmt: skip
_CREATED = 201
_BODY = (400, 401, 403, 413, 415, 422)
_ON_CHANGE = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428)


def describe_paths(operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], if_match: Part) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    version = {"name": "rule_set_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    change = {"name": "change_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    language, paging = query(LanguageQuerySchema), query(PageQuerySchema)
    return {
        "/rules": {"get": operation("show_rules", "The rules in force: limits, ladders, thresholds, sign-offs",
                                    RuleVersionDetailSchema, parameters=language, fails=(401, 422))},
        "/rules/versions": {"get": operation("list_rule_versions", "Who changed the rules when, why, and in what",
                                             RuleVersionPageSchema, parameters=paging, fails=(401, 422))},
        "/rules/versions/{rule_set_id}": {"get": operation(
            "show_rule_version", "One version of the rules, earlier ones too", RuleVersionDetailSchema,
            parameters=[version, *language], fails=(401, 404, 422))},
        "/rules/versions/{rule_set_id}/items": {
            "get": operation("list_items_touched_by_version", "Open items under earlier versions, and what would move",
                             RulePreviewSchema, parameters=[version, *paging], fails=(401, 403, 404, 422)),
            "post": operation("move_items_to_version", "Move open items to a version; each answers for itself",
                              RuleMoveAnswerSchema, body=RuleMoveSchema, parameters=[version],
                              fails=(400, 401, 403, 404, 409, 413, 415, 422))},
        "/rules/changes": {
            "get": operation("list_rule_changes", "Drafts, and what became of earlier ones", RuleChangePageSchema,
                             parameters=query(RuleChangeQuerySchema), fails=(401, 403, 422)),
            "post": operation("draft_rule_change", "Draft a change; sent twice it is there once", RuleChangeSchema,
                              status=_CREATED, body=RuleChangeBodySchema, fails=_BODY)},
        "/rules/changes/{change_id}": {
            "get": operation("show_rule_change", "One change; ETag names its version", RuleChangeSchema,
                             parameters=[change, *language], fails=(401, 403, 404, 422)),
            "put": operation("edit_rule_change", "Save a draft anew, against the newest rules", RuleChangeSchema,
                             body=RuleChangeBodySchema, parameters=[change, if_match], fails=_ON_CHANGE)},
        "/rules/changes/{change_id}/preview": {"get": operation(
            "preview_rule_change", "Which open items it would touch if the office moved them", RulePreviewSchema,
            parameters=[change, *paging], fails=(401, 403, 404, 422))},
        "/rules/changes/{change_id}/publish": {"post": operation(
            "publish_rule_change", "Make it the next version; never by who wrote in it", RuleChangeSchema,
            body=RuleNoteSchema, parameters=[change, if_match], fails=_ON_CHANGE)},
        "/rules/changes/{change_id}/withdraw": {"post": operation(
            "withdraw_rule_change", "End it without effect", RuleChangeSchema, body=RuleNoteSchema,
            parameters=[change, if_match], fails=_ON_CHANGE)},
    }  # fmt: skip
