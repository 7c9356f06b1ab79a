"""What the OpenAPI document says of leadership groups."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.meeting.group import (
    GroupAnswerSchema,
    GroupDetailSchema,
    GroupDraftSchema,
    GroupPageSchema,
    GroupQuerySchema,
    NewGroupRulesSchema,
    NewGroupSchema,
    NewMemberChangeSchema,
)

Part = dict[str, Any]
Operation = Callable[..., Part]
Query = Callable[[type[Schema]], list[Part]]

SHOWN: tuple[type[Schema], ...] = (
    GroupAnswerSchema, GroupDetailSchema, GroupDraftSchema, GroupPageSchema, NewGroupRulesSchema, NewGroupSchema,
    NewMemberChangeSchema,
)  # fmt: skip
_BODY = (400, 401, 403, 404, 409, 413, 415, 422)
_VERSIONED = (*_BODY, 412, 428)
_GROUP: Part = {"name": "group_id", "in": "path", "required": True, "schema": {"type": "integer"}}


def describe_paths(operation: Operation, query: Query, if_match: Part, key: Part) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    return {
        "/groups": {
            "get": operation("list_groups", "Leadership groups and working groups, with who leads them now",
                             GroupPageSchema, parameters=query(GroupQuerySchema), fails=(401, 422)),
            "post": operation("draft_group", "Set a group up as a draft, with its seats and rules of procedure",
                              GroupAnswerSchema, status=201, body=NewGroupSchema, parameters=[key],
                              fails=(400, 401, 403, 409, 413, 415, 422))},
        "/groups/{group_id}": {
            "get": operation("show_group", "A group: seats with their holders, rules, changes; ETag names its version",
                             GroupDetailSchema, parameters=[_GROUP], fails=(401, 404)),
            "put": operation("amend_group", "Write a draft anew as a whole", GroupAnswerSchema, body=GroupDraftSchema,
                             parameters=[_GROUP, if_match, key], fails=_VERSIONED)},
        "/groups/{group_id}/changes": {"post": operation(
            "propose_member_change", "Propose a change of members; the leader decides on it", GroupAnswerSchema,
            body=NewMemberChangeSchema, parameters=[_GROUP, if_match, key], fails=_VERSIONED)},
        "/groups/{group_id}/rules": {"post": operation(
            "propose_group_rules", "Propose rules of procedure; the leader adopts them", GroupAnswerSchema,
            body=NewGroupRulesSchema, parameters=[_GROUP, if_match, key], fails=_VERSIONED)},
    }  # fmt: skip
