"""Who calls the API: the person behind a bearer token, looked up anew at every request; and what a write takes along.

A token that was revoked, has expired or belongs to somebody who left ends at once.
"""

from typing import cast

from flask import g, has_request_context, request

from app.core.errors import ForbiddenError, Sentence
from app.edge.context import Context, Unit, current_context, only_looks
from app.edge.errors import UnknownCallerError
from app.policy.people import Actor, Own, add_lent, find_actor
from app.services.act import Act
from app.services.organisation.person import find_person
from app.services.organisation.token import HeldToken, find_token, mark_used
from app.services.recording import Acting

_LOG_IN_FIRST = Sentence("请先登录。", "Please log in first.")
_BAD_TOKEN = Sentence("令牌无效、已过期或已撤销。", "The token is unknown, expired or revoked.")
_SCOPES = {
    "read": Sentence("此令牌没有读取权限（read）。", "This token may not read (scope read)."),
    "write": Sentence("此令牌只能读取，不能办理（需要write）。", "This token may only read (scope write is needed)."),
}


def identify_bearer() -> int:
    """Return the id of the person whose token the request carries, kept for `caller_id`; else UnknownCallerError."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnknownCallerError("token_missing", _LOG_IN_FIRST)
    context = current_context()
    with context.database.reading() as unit:
        held = find_token(unit.connection(), token.strip(), context.now(), context.today())
        if held is None:
            raise UnknownCallerError("token_invalid", _BAD_TOKEN)
    g.token, g.person_id, g.locale = held, held.person_id, held.locale
    keep_own(held.own)
    if held.has_news(now := context.now()):
        context.database.write(lambda unit: mark_used(unit.connection(), held.id, now))
    return held.person_id


def require_scope(scope: str) -> None:
    """Let the identified token be used for `scope` ("read" or "write"); ForbiddenError else."""
    if scope not in cast("HeldToken", g.token).scopes:
        raise ForbiddenError("scope_missing", _SCOPES[scope])


def token_id() -> int:
    """Return the id of the token that identified the caller."""
    return cast("HeldToken", g.token).id


def caller_id() -> int:
    """Return the id of the identified caller; UnknownCallerError when nobody is identified."""
    person_id = g.get("person_id")
    if person_id is None:
        raise UnknownCallerError("log_in_first", _LOG_IN_FIRST)
    return cast("int", person_id)


def keep_own(own: Own) -> None:
    """Keep for `require_actor` what was read of the caller with their token or session.

    Only where the request looks, in one unit of work: what a write rests on is read in the unit that writes.
    """
    if only_looks():
        g.own = own


def require_actor(unit: Unit, person_id: int) -> Actor:
    """Return the person with the posts of this moment; UnknownCallerError when the person has left.

    Read once a request: what a request shows in several units of work, it shows to the same posts.
    """
    found: Actor | None = g.get("actor")
    if found is None or found.person_id != person_id:
        context, own = current_context(), cast("Own | None", g.get("own"))
        now, today = context.now(), context.today()
        if own is not None and own.actor.person_id == person_id:
            found = add_lent(unit.connection(), own, now, today)
        else:
            found = find_actor(unit.connection(), person_id, today, now)
        if found is None:
            raise UnknownCallerError("log_in_first", _LOG_IN_FIRST)
        if has_request_context():
            g.actor = found
    return found


def make_act(context: Context, unit: Unit, person_id: int, *, role: str, source: str) -> Act:
    """Return what a write to the organisation takes along; `role` says in which role the person acts."""
    return Act(unit.connection(), Acting(person_id, role), context.now(), context.today(), source)


def make_system_act(context: Context, unit: Unit, *, source: str = "command") -> Act:
    """Return the same for a write by the product itself (a command, where nobody is logged in)."""
    person_id = find_person(unit.connection(), "system")
    if person_id is None:
        raise AssertionError("an upgraded database has its built-in accounts")
    return make_act(context, unit, person_id, role="system", source=source)
