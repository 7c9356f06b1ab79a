"""The caller's sessions in browsers and password; an administrator's temporary password for somebody else."""

from typing import Any

from flask import Blueprint

from app.api.answer import Answer, dump
from app.api.body import read_body, read_query
from app.api.user import USER
from app.edge.account import (
    change_password,
    end_access_of,
    end_other_sessions,
    end_own_session,
    give_temporary_password,
    list_access_of,
    list_own_sessions,
)
from app.edge.auth import caller_id
from app.edge.context import current_context
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

api = Blueprint("api_account", __name__)


@api.get("/me/sessions")
def list_sessions() -> dict[str, Any]:
    """List the browsers in which the caller is logged in."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        rows = list_own_sessions(context, unit, caller_id())
    return dump(SessionPageSchema, {"items": rows, "next_cursor": None})


@api.delete("/me/sessions/<mark>")
def end_session(mark: str) -> dict[str, Any]:
    """Log the caller out of one browser."""
    end_own_session(current_context(), caller_id(), mark, source="api")
    return dump(EndedSessionSchema, {"mark": mark})


@api.post("/me/sessions/end")
def end_sessions() -> dict[str, Any]:
    """Log the caller out of every browser; tokens stay."""
    count = end_other_sessions(current_context(), caller_id(), but=None, source="api")
    return dump(EndedSessionsSchema, {"ended": count})


@api.post("/me/password")
def set_password() -> dict[str, Any]:
    """Change the caller's password; every session ends, tokens and feeds unless `ends_tokens` is false."""
    given = read_body(NewPasswordSchema)
    change_password(
        current_context(), caller_id(), given["old_password"], given["new_password"],
        ends_tokens=given["ends_tokens"], source="api",
    )  # fmt: skip
    return dump(ChangedPasswordSchema, {"changed": True})


@api.post(f"{USER}/password")
def set_temporary(person_id: int) -> Answer:
    """Give a person a random password, shown this once; never kept, so a repeated request makes another one."""
    text = give_temporary_password(current_context(), caller_id(), person_id, source="api")
    shown = dump(TemporaryPasswordSchema, {"id": person_id, "password": text})
    return shown, 200, {"Cache-Control": "no-store"}


@api.get(f"{USER}/access")
def show_access(person_id: int) -> dict[str, Any]:
    """Show every way into somebody's account that is open now."""
    read_query(LanguageQuerySchema)
    context = current_context()
    with context.database.reading() as unit:
        found = list_access_of(context, unit, caller_id(), person_id, source="api")
    return dump(AccessSchema, {"sessions": found.sessions, "tokens": found.tokens, "feeds": found.feeds})


@api.post(f"{USER}/access/end")
def end_access(person_id: int) -> dict[str, Any]:
    """End a way into somebody's account, or all, with a reason."""
    given, context = read_body(EndAccessSchema), current_context()
    end_access_of(context, caller_id(), person_id, given["way"], given["name"], given["reason"], source="api")
    with context.database.reading() as unit:
        found = list_access_of(context, unit, caller_id(), person_id, source="api")
    return dump(AccessSchema, {"sessions": found.sessions, "tokens": found.tokens, "feeds": found.feeds})
