"""A person's own password and sessions, for pages and API alike."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.administering import make_admin_act
from app.edge.auth import make_act
from app.edge.brake import count_failure, require_patience
from app.edge.context import Context, Unit
from app.queries.person import find_account, read_person
from app.queries.personal.feed import FeedRow, list_feeds
from app.queries.personal.token import TokenRow, list_tokens
from app.queries.visitor import OpenSession, list_sessions
from app.services.account.access import Way, end_access, end_session_of
from app.services.organisation import password
from app.services.organisation.person import set_password_hash
from app.services.organisation.web_session import end_sessions_of

_WRONG = Sentence("原密码不正确，或账号暂停登录。", "The old password is wrong, or the account pauses.")
_DIFFERENT = Sentence("两次输入不一致。", "The two do not agree.")
_SAME = Sentence("新密码不能与原密码相同。", "The new password must differ from the old one.")
_GONE = Sentence("密码已在别处修改，请重新登录。", "The password was changed elsewhere; log in again.")
#: Without letters and digits that are easily confused.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 5
_TOKENS = 200


def list_own_sessions(context: Context, unit: Unit, person_id: int) -> tuple[OpenSession, ...]:
    """Return a person's sessions that run, the last seen first."""
    settings, now = context.settings, context.now()
    return list_sessions(
        unit.connection(), person_id, began_after=now - timedelta(hours=settings.session_hours),
        seen_after=now - timedelta(minutes=settings.session_idle_minutes),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Access:
    """Every way into an account that is open now."""

    sessions: tuple[OpenSession, ...]
    tokens: tuple[TokenRow, ...]
    feeds: tuple[FeedRow, ...]


def list_access(context: Context, unit: Unit, person_id: int) -> Access:
    """Return the sessions, tokens (the newest 200) and feeds of a person; three statements."""
    connection = unit.connection()
    tokens = list_tokens(connection, person_id, context.now(), limit=_TOKENS).items
    running = tuple(one for one in tokens if not one.is_expired)
    return Access(list_own_sessions(context, unit, person_id), running, list_feeds(connection, person_id))


def list_access_of(context: Context, unit: Unit, admin_id: int, person_id: int, *, source: str) -> Access:
    """Return what `list_access` does, to an administrator; ForbiddenError for anybody else."""
    make_admin_act(context, unit, admin_id, source=source)
    read_person(unit.connection(), person_id, context.today())
    return list_access(context, unit, person_id)


def end_own_session(context: Context, person_id: int, mark: str, *, source: str) -> None:
    """End one of a person's own sessions; NotFoundError when none of that mark runs."""
    context.database.write(
        lambda unit: end_session_of(make_act(context, unit, person_id, role="self", source=source), person_id, mark)
    )


def end_access_of(
    context: Context, admin_id: int, person_id: int, way: Way, name: str, reason: str, *, source: str
) -> None:
    """End a way into somebody's account, by an administrator with a reason; ForbiddenError for anybody else."""
    context.database.write(
        lambda unit: end_access(make_admin_act(context, unit, admin_id, source=source), person_id, way, name, reason)
    )


def end_other_sessions(context: Context, person_id: int, *, but: str | None, source: str) -> int:
    """End a person's sessions but the one whose SHA-256 is `but`; returns how many."""

    def end(unit: Unit) -> int:
        act = make_act(context, unit, person_id, role="self", source=source)
        count = end_sessions_of(act.connection, person_id, act.now, but=but)
        act.audit("end_sessions", f"person:{person_id}", after={"count": count})
        return count

    return context.database.write(end)


def change_password(
    context: Context, person_id: int, old: str, new: str, *, again: str | None = None, ends_tokens: bool, source: str
) -> None:
    """Give a person another password, once the old one was right; InvalidError lists every fault.

    Wrong old ones count like failed log-ins. Every session ends; `ends_tokens`: every token and calendar feed, too.
    """
    require_patience()
    pepper = context.settings.password_pepper
    with context.database.reading() as unit:
        account = find_account(unit.connection(), person_id)
        found = None if account is None else password.find_credentials(unit.connection(), account.login, context.now())
    faults = []
    if not password.matches(found, old, pepper):
        _note_failure(context, found, source=source)
        faults.append(Fault("old_password", _WRONG))
    if again is not None and again != new:
        faults.append(Fault("again_password", _DIFFERENT))
    if old == new:
        faults.append(Fault("new_password", _SAME))
    login, name = (account.login, account.name) if account else ("", "")
    new_hash, lacks = prepare_hash(context, login, name, new)
    faults += [Fault("new_password", one.sentence) for one in lacks]
    if faults or found is None or new_hash is None:
        raise InvalidError(faults)
    old_hash = found.password_hash

    def write(unit: Unit) -> None:
        act = make_act(context, unit, person_id, role="self", source=source)
        if not password.still_holds(act.connection, person_id, old_hash):
            raise InvalidError([Fault("old_password", _GONE)])
        set_password_hash(act, person_id, new_hash, ends_tokens=ends_tokens)

    context.database.write(write)


def prepare_hash(
    context: Context, login: str, name: str, text: str | None, *, kept: str = ""
) -> tuple[str | None, list[Fault]]:
    """Return the hash of a password for a person, and what it lacks; no hash for None and for one that lacks anything.

    `kept` is the hash of the present password ("": none), which the new one must not equal. Slow on purpose: never
    inside a unit of work.
    """
    if text is None:
        return None, []
    words = (name, *context.settings.own_words)
    try:
        return password.hash_password(login, text, context.settings.password_pepper, words=words, kept=kept), []
    except InvalidError as error:
        return None, list(error.faults)


@contextmanager
def telling(faults: list[Fault]) -> Iterator[None]:
    """Tell `faults` together with those that the body finds; nothing is written when there are any."""
    try:
        yield
    except InvalidError as error:
        raise InvalidError([*error.faults, *faults]) from None
    if faults:
        raise InvalidError(faults)


def _note_failure(context: Context, found: password.Credentials | None, *, source: str) -> None:
    count_failure()
    if found is not None:
        now = context.now()
        context.database.write(lambda unit: password.write_failure(unit.connection(), found, now, source=source))


def give_temporary_password(context: Context, admin_id: int, person_id: int, *, source: str) -> str:
    """Give a person a random password, shown this once to the administrator; ForbiddenError for anybody else.

    The person's sessions, tokens and calendar feeds end; the password is to be changed at the first log-in, within
    `password.GIVEN_HOURS`. NotFoundError when there is no such person.
    """
    with context.database.reading() as unit:
        make_admin_act(context, unit, admin_id, source=source)
        view = read_person(unit.connection(), person_id, context.today())
    text, new_hash = make_temporary(context, view.login, view.name)
    context.database.write(
        lambda unit: set_password_hash(
            make_admin_act(context, unit, admin_id, source=source), person_id, new_hash, is_given=True
        )
    )
    return text


def make_temporary(context: Context, login: str, name: str) -> tuple[str, str]:
    """Return a random password for a person, and its hash. Slow: never inside a unit of work."""
    text = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    words = (name, *context.settings.own_words)
    return text, password.hash_password(login, text, context.settings.password_pepper, words=words)
