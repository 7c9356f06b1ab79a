"""Who calls the API: the person behind a bearer token, looked up anew at every request; and what a write takes along.

A token that was revoked, has expired or belongs to somebody who left ends at once.
"""

from typing import cast

from flask import g, request

from app.core.errors import Sentence
from app.edge.context import Context, Unit, current_context
from app.edge.errors import UnknownCallerError
from app.policy.people import Actor, find_actor
from app.queries.person import find_account
from app.services.act import Act
from app.services.organisation import password
from app.services.organisation.person import find_person
from app.services.organisation.token import find_token_holder
from app.services.recording import Acting

_LOG_IN_FIRST = Sentence("请先登录。", "Please log in first.")
_BAD_TOKEN = Sentence("令牌无效、已过期或已撤销。", "The token is unknown, expired or revoked.")
_REFUSED = Sentence(
    f"登录名或密码不正确；连续{password.FAILURES_MAX}次错误后，账号暂停登录{password.LOCK_MINUTES}分钟。",
    f"Login or password is wrong; after {password.FAILURES_MAX} failures an account pauses for"
    f" {password.LOCK_MINUTES} minutes.",
)


def identify_bearer() -> int:
    """Return the id of the person whose token the request carries, kept for `caller_id`; else UnknownCallerError."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnknownCallerError("token_missing", _LOG_IN_FIRST)
    context = current_context()
    with context.database.reading() as unit:
        person_id = find_token_holder(unit.connection(), token.strip(), context.now())
        if person_id is None:
            raise UnknownCallerError("token_invalid", _BAD_TOKEN)
        g.person_id, g.account = person_id, find_account(unit.connection(), person_id)
    return person_id


def caller_id() -> int:
    """Return the id of the identified caller; UnknownCallerError when nobody is identified."""
    person_id = g.get("person_id")
    if person_id is None:
        raise UnknownCallerError("log_in_first", _LOG_IN_FIRST)
    return cast("int", person_id)


def require_actor(unit: Unit, person_id: int) -> Actor:
    """Return the person with the posts of this moment; UnknownCallerError when the person has left."""
    actor = find_actor(unit.connection(), person_id, current_context().today())
    if actor is None:
        raise UnknownCallerError("log_in_first", _LOG_IN_FIRST)
    return actor


def check_log_in(login: str, given: str, *, source: str) -> int:
    """Return the person's id when login and password are right; UnknownCallerError with one sentence for all else.

    The hash is checked between two units of work; failures are counted, five in a row pause the account.
    """
    context = current_context()
    now = context.now()
    with context.database.reading() as unit:
        found = password.find_credentials(unit.connection(), login, now)
    is_right = password.matches(found, given)
    if found is not None:
        person_id = found.person_id
        write = password.write_success if is_right else password.write_failure
        context.database.write(lambda unit: write(unit.connection(), person_id, now, source=source))
    if found is None or not is_right:
        raise UnknownCallerError("log_in_refused", _REFUSED)
    return found.person_id


def make_act(context: Context, unit: Unit, person_id: int, *, role: str, source: str) -> Act:
    """Return what a write to the organisation takes along; `role` says in which role the person acts."""
    return Act(unit.connection(), Acting(person_id, role), context.now(), context.today(), source)


def make_system_act(context: Context, unit: Unit, *, source: str = "command") -> Act:
    """Return the same for a write by the product itself (a command, where nobody is logged in)."""
    person_id = find_person(unit.connection(), "system")
    if person_id is None:
        raise AssertionError("an upgraded database has its built-in accounts")
    return make_act(context, unit, person_id, role="system", source=source)
