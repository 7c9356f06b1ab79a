"""Who calls: by bearer token or by session, looked up anew at every request, so that what ended has ended.

`identify` fills `g.person_id`; `require_actor` gives the person with the posts of this moment. A session carries
the person's epoch: a new password or a deactivation raises it and every open session ends.
"""

from typing import cast

from flask import g, request, session
from sqlalchemy.orm import Session

from app.core.errors import ForbiddenError, Sentence
from app.edge.context import Context, current_context
from app.edge.errors import UnknownCallerError
from app.policy.people import Actor, find_actor
from app.queries.person import find_account
from app.services import password
from app.services.act import Act
from app.services.person import find_person
from app.services.recording import Acting
from app.services.token import find_token_holder
from workflows.roles import Duty

_PERSON, _EPOCH = "person_id", "epoch"
_LOG_IN_FIRST = Sentence("请先登录。", "Please log in first.")
_BAD_TOKEN = Sentence("令牌无效、已过期或已撤销。", "The token is unknown, expired or revoked.")
_REFUSED = Sentence(
    f"登录名或密码不正确；连续{password.FAILURES_MAX}次错误后，账号暂停登录{password.LOCK_MINUTES}分钟。",
    f"Login or password is wrong; after {password.FAILURES_MAX} failures an account pauses for"
    f" {password.LOCK_MINUTES} minutes.",
)


def identify_bearer() -> int:
    """Return the id of the person whose token the request carries; UnknownCallerError when none is valid."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnknownCallerError("token_missing", _LOG_IN_FIRST)
    context = current_context()
    with context.database.reading() as unit:
        person_id = find_token_holder(unit.connection(), token.strip(), context.clock.now())
        if person_id is None:
            raise UnknownCallerError("token_invalid", _BAD_TOKEN)
        _remember(unit, person_id)
    return person_id


def identify_session() -> int | None:
    """Return the id of the person who is logged in with this browser; None when nobody is."""
    person_id = session.get(_PERSON)
    if not isinstance(person_id, int):
        return None
    with current_context().database.reading() as unit:
        account = find_account(unit.connection(), person_id)
        if account is None or not account.is_active or account.session_epoch != session.get(_EPOCH):
            session.clear()
            return None
        g.person_id, g.account = person_id, account
    return person_id


def _remember(unit: Session, person_id: int) -> None:
    g.person_id, g.account = person_id, find_account(unit.connection(), person_id)


def caller_id() -> int:
    """Return the id of the identified caller; UnknownCallerError when nobody is identified."""
    person_id = g.get("person_id")
    if person_id is None:
        raise UnknownCallerError("log_in_first", _LOG_IN_FIRST)
    return cast("int", person_id)


def require_actor(unit: Session) -> Actor:
    """Return the caller with the posts of this moment; UnknownCallerError when nobody is identified."""
    context = current_context()
    today = context.book.zone_date(context.clock.now())
    actor = find_actor(unit.connection(), caller_id(), today)
    if actor is None:
        raise UnknownCallerError("log_in_first", _LOG_IN_FIRST)
    return actor


def require_duty(actor: Actor, *duties: Duty) -> None:
    """Raise ForbiddenError unless one of the actor's posts carries one of `duties`."""
    if not actor.has(*duties):
        names = ", ".join(duties)
        raise ForbiddenError("not_yours", Sentence(f"此操作须有岗位：{names}。", f"This needs a post as {names}."))


def check_log_in(login: str, given: str, *, source: str) -> int:
    """Return the person's id when login and password are right; UnknownCallerError with one sentence for all else.

    The hash is checked between two units of work; failures are counted, five in a row pause the account.
    """
    context = current_context()
    now = context.clock.now()
    with context.database.reading() as unit:
        found = password.find_credentials(unit.connection(), login, now)
    is_right = password.matches(found, given)
    if found is not None and (is_right or not found.is_locked):
        write = password.write_success if is_right else password.write_failure
        person_id = found.person_id
        context.database.write(lambda unit: write(unit.connection(), person_id, now, source=source))
    if found is None or not is_right:
        raise UnknownCallerError("log_in_refused", _REFUSED)
    return found.person_id


def log_in(person_id: int) -> None:
    """Begin a session of this browser."""
    with current_context().database.reading() as unit:
        _remember(unit, person_id)
    session.clear()
    session[_PERSON], session[_EPOCH] = person_id, g.account.session_epoch
    session.permanent = True


def log_out() -> None:
    """End this browser's session."""
    session.clear()
    g.pop("person_id", None)
    g.pop("account", None)


def make_act(context: Context, unit: Session, person_id: int, *, role: str, source: str) -> Act:
    """Return what a write to the organisation takes along."""
    now = context.clock.now()
    return Act(unit.connection(), Acting(person_id, role), now, context.book.zone_date(now), source)


def make_system_act(context: Context, unit: Session, *, source: str = "command") -> Act:
    """Return the same for a write by the product itself (a command that nobody is logged in to)."""
    person_id = find_person(unit.connection(), "system")
    if person_id is None:
        raise AssertionError("an upgraded database has its built-in accounts")
    return make_act(context, unit, person_id, role="system", source=source)
