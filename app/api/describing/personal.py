"""What the OpenAPI document says of drafts, sessions and passwords."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from app.schemas.paging import LanguageQuerySchema
from app.schemas.personal.account import (
    AccessSchema,
    ChangedPasswordSchema,
    EndAccessSchema,
    EndedSessionSchema,
    EndedSessionsSchema,
    NewPasswordSchema,
    SessionPageSchema,
    TemporaryPasswordSchema,
)
from app.schemas.personal.draft import DiscardedDraftSchema, DraftPageSchema, DraftSchema, NewDraftSchema

Part = dict[str, Any]

SHOWN: tuple[type[Schema], ...] = (
    AccessSchema, EndAccessSchema, EndedSessionSchema, ChangedPasswordSchema, EndedSessionsSchema,
    NewPasswordSchema, SessionPageSchema, TemporaryPasswordSchema,
    DiscardedDraftSchema, DraftPageSchema, DraftSchema, NewDraftSchema,
)  # fmt: skip
_MARK: Part = {
    "name": "mark", "in": "path", "required": True, "schema": {"type": "string", "minLength": 16, "maxLength": 16},
    "example": "9f86d081884c7d65", "description": "The session's mark, as the list has it.",
}  # fmt: skip
_FORM: Part = {
    "name": "form", "in": "path", "required": True, "schema": {"type": "string"}, "example": "item.7.report",
    "description": "The form's name: item.{id}.{action}, task.new, task.batch, document.new, document.{id}, …",
}  # fmt: skip


def describe_paths(operation: Callable[..., Part], query: Callable[[type[Schema]], list[Part]]) -> Part:
    """Return the paths; `operation` and `query` describe as the rest of the document does."""
    language = query(LanguageQuerySchema)
    person = {"name": "person_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        "/drafts": {"get": operation("list_drafts", "What the caller has typed into forms and not sent",
                                     DraftPageSchema, parameters=language, fails=(401, 422))},
        "/drafts/{form}": {
            "get": operation("show_draft", "The caller's draft of a form", DraftSchema,
                             parameters=[_FORM, *language], fails=(401, 404, 422)),
            "put": operation("save_draft", "Keep what was typed, in place of what was kept before", DraftSchema,
                             body=NewDraftSchema, parameters=[_FORM], fails=(400, 401, 413, 415, 422)),
            "delete": operation("discard_draft", "Forget a draft", DiscardedDraftSchema, parameters=[_FORM],
                                fails=(401,))},
        "/me/sessions": {"get": operation("list_sessions", "The browsers in which the caller is logged in",
                                          SessionPageSchema, parameters=language, fails=(401, 422))},
        "/me/sessions/end": {"post": operation("end_sessions", "Log the caller out of every browser; tokens stay",
                                               EndedSessionsSchema, fails=(401,))},
        "/me/sessions/{mark}": {"delete": operation("end_session", "Log the caller out of one browser",
                                                    EndedSessionSchema, parameters=[_MARK], fails=(401, 404))},
        "/users/{person_id}/access": {"get": operation(
            "show_access", "Every way into somebody's account that is open now: sessions, tokens, feeds", AccessSchema,
            parameters=[person, *language], fails=(401, 403, 404, 422))},
        "/users/{person_id}/access/end": {"post": operation(
            "end_access", "End a way into somebody's account, or all, with a reason that stands in the log",
            AccessSchema, body=EndAccessSchema, parameters=[person], fails=(400, 401, 403, 404, 413, 415, 422))},
        "/me/password": {"post": operation(
            "change_password", "Change the caller's password; every session ends, and every token and feed unless told",
            ChangedPasswordSchema, body=NewPasswordSchema, fails=(400, 401, 413, 415, 422))},
        "/users/{person_id}/password": {"post": operation(
            "give_temporary_password", "Give a person a random password, shown once; sessions, tokens and feeds end",
            TemporaryPasswordSchema, parameters=[person], fails=(401, 403, 404))},
    }  # fmt: skip
