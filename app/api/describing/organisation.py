"""What the OpenAPI document says of departments, people and posts."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.handover import HandedSchema, HandoverPlanSchema, HandoverQuerySchema, HandoverSchema
from app.schemas.organisation import (
    CloseSchema,
    DeactivateSchema,
    DepartmentDetailSchema,
    DepartmentPageSchema,
    DepartmentQuerySchema,
    DepartmentSchema,
    FillSchema,
    MergePlanSchema,
    MergeQuerySchema,
    MergeSchema,
    NewDepartmentSchema,
    NewPostSchema,
    NewUserSchema,
    PostPageSchema,
    PostQuerySchema,
    PostSchema,
    RenameSchema,
    UserPageSchema,
    UserQuerySchema,
    UserSchema,
    VacateSchema,
)

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (
    CloseSchema, DeactivateSchema, DepartmentDetailSchema, DepartmentPageSchema, DepartmentSchema, FillSchema,
    HandedSchema, HandoverPlanSchema, HandoverSchema, MergePlanSchema, MergeSchema, NewDepartmentSchema,
    NewPostSchema, NewUserSchema, PostPageSchema, PostSchema, RenameSchema, UserPageSchema, UserSchema, VacateSchema,
)  # fmt: skip
_WRITES = (400, 401, 403, 404, 409, 413, 415, 422)
_VERSIONED = (*_WRITES, 412, 428)


def describe_paths(
    operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]], if_match: Part, key: Part
) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    one, user, post = _path_id("department_id"), _path_id("person_id"), _path_id("post_id")
    below, versioned = "/departments/{department_id}", [one, if_match, key]
    return {
        "/departments": {
            "get": operation("list_departments", "Departments by pinyin, with all their names", DepartmentPageSchema,
                             parameters=query(DepartmentQuerySchema), fails=(401, 422)),
            "post": operation("create_department", "Add a department", DepartmentSchema, status=201,
                              body=NewDepartmentSchema, parameters=[key], fails=_WRITES)},
        below: {"get": operation("show_department", "One department; ETag names its version", DepartmentDetailSchema,
                                 parameters=[one], fails=(401, 404))},
        f"{below}/rename": {"post": operation("rename_department", "Another name from a day on", DepartmentSchema,
                                              body=RenameSchema, parameters=versioned, fails=_VERSIONED)},
        f"{below}/merge/plan": {"get": operation("plan_merge", "What a merge would move", MergePlanSchema,
                                                 parameters=[one, *query(MergeQuerySchema)],
                                                 fails=(401, 403, 404, 409, 422))},
        f"{below}/merge": {"post": operation("merge_department", "Merge a department into another", MergePlanSchema,
                                             body=MergeSchema, parameters=versioned, fails=_VERSIONED)},
        f"{below}/close": {"post": operation("close_department", "Close a department", DepartmentSchema,
                                             body=CloseSchema, parameters=versioned, fails=_VERSIONED)},
        "/users": {
            "get": operation("list_users", "People by pinyin with their posts", UserPageSchema,
                             parameters=query(UserQuerySchema), fails=(401, 422)),
            "post": operation("create_user", "Add a person with a first post", UserSchema, status=201,
                              body=NewUserSchema, parameters=[key], fails=_WRITES)},
        "/users/{person_id}": {"get": operation("show_user", "One person", UserSchema, parameters=[user],
                                                fails=(401, 404))},
        "/users/{person_id}/deactivate": {"post": operation("deactivate_user", "Let a person go", UserSchema,
                                                            body=DeactivateSchema, parameters=[user, key],
                                                            fails=_WRITES)},
        "/users/{person_id}/handover/plan": {"get": operation(
            "plan_handover", "What waits on a person", HandoverPlanSchema,
            parameters=[user, *query(HandoverQuerySchema)], fails=(401, 403, 404, 409, 422))},
        "/users/{person_id}/handover": {"post": operation(
            "hand_over", "Hand over what waits on a person", HandedSchema, body=HandoverSchema,
            parameters=[user, key], fails=_WRITES)},
        "/posts": {
            "get": operation("list_posts", "Posts with their holders", PostPageSchema,
                             parameters=query(PostQuerySchema), fails=(401, 422)),
            "post": operation("create_post", "Add a post", PostSchema, status=201, body=NewPostSchema,
                              parameters=[key], fails=_WRITES)},
        "/posts/{post_id}/fill": {"post": operation("fill_post", "Let a person hold a post", PostSchema,
                                                    body=FillSchema, parameters=[post, key], fails=_WRITES)},
        "/posts/{post_id}/close": {"post": operation("close_post", "End a post that nobody holds", PostSchema,
                                                     parameters=[post, key], fails=(401, 403, 404, 409, 422))},
        "/posts/{post_id}/vacate": {"post": operation("vacate_post", "Take a person off a post", PostSchema,
                                                      body=VacateSchema, parameters=[post, key], fails=_WRITES)},
    }  # fmt: skip


def _path_id(name: str) -> Part:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}
