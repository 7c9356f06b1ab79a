"""Log-in for pages and API alike: the password, then what else an installation or the person asks for.

A hash is checked between two units of work, which every attempt has. What fails pauses the account and brakes the
address, whichever step it was; nothing is forgotten before the last step has succeeded.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Sentence
from app.edge.auth import make_act
from app.edge.brake import count_failure, require_patience
from app.edge.context import Context, Unit, current_context
from app.edge.errors import UnknownCallerError
from app.policy.people import find_actor
from app.services.account.second_factor import confirm_factor, count_codes, take_code, tell
from app.services.organisation import password
from workflows.roles import Duty

_PAUSES = Sentence(
    f"连续{password.FAILURES_MAX}次错误后，账号暂停登录，时间逐次加倍，最长{password.PAUSE_MINUTES[-1]}分钟。",
    f"after {password.FAILURES_MAX} failures an account pauses, longer each time, up to"
    f" {password.PAUSE_MINUTES[-1]} minutes.",
)
_REFUSED = Sentence(f"登录名或密码不正确；{_PAUSES.zh}", f"Login or password is wrong; {_PAUSES.en}")
_ADMINS_ONLY = Sentence(
    f"登录名或密码不正确，或此账号只能单点登录；{_PAUSES.zh}",
    f"Login or password is wrong, or this account logs in by single sign-on only; {_PAUSES.en}",
)
_BAD_CODE = Sentence(
    f"验证码不正确、已使用过或账号暂停登录；{_PAUSES.zh}",
    f"The code is wrong or was used already, or the account pauses; {_PAUSES.en}",
)
CODE_NEEDED = Sentence(
    "此账号已启用两步验证，请提供验证码（code）。", "This account has a second factor: send its code."
)
SET_UP_NEEDED = Sentence(
    "此账号须先启用两步验证，请在网页上登录并按提示设置。",
    "This account needs a second factor first: log in to the pages and set it up.",
)
GIVEN_LAPSED = Sentence(
    f"初始密码已超过{password.GIVEN_HOURS}小时没有使用，已失效，请系统管理员重新设置。",
    f"This password was given more than {password.GIVEN_HOURS} hours ago and was not changed: it has lapsed."
    " Ask an administrator for another.",
)
CHANGE_NEEDED = Sentence(
    "此密码由他人设置，须先在网页上登录并修改，才能领取令牌。",
    "Somebody else gave this password: log in to the pages and change it first.",
)
LAPSED = Sentence("登录已超时或账号已变更，请重新登录。", "The log-in has lapsed, or the account changed; begin again.")


class Then(StrEnum):
    """What a log-in still needs."""

    NOTHING = "nothing"
    CODE = "code"
    SET_UP = "set_up"


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody who has shown a right password, or for whom the provider vouched; `then` says what is still needed."""

    person_id: int
    session_epoch: int
    then: Then
    #: The password was given by somebody else: it opens the page where it is changed, and nothing else.
    is_given: bool = False
    #: The provider vouched, no password was asked for.
    is_vouched: bool = False


def check_log_in(login: str, given: str, *, source: str) -> Passed:
    """Return who logs in with a right password; UnknownCallerError with one sentence for all else.

    Only who has the right one is told that it was given and has lapsed (`given_password_lapsed`).
    TooManyError when the caller's address failed too often.
    """
    require_patience()
    context = current_context()
    now, pepper = context.now(), context.settings.password_pepper
    with context.database.reading() as unit:
        found = password.find_credentials(unit.connection(), login, now)
    is_right = password.matches(found, given, pepper)
    renewed = password.renew_hash(found, given, pepper) if found is not None and is_right else None
    then = find_next(context, found) if found is not None and is_right else Then.NOTHING
    has_lapsed = found is not None and is_right and found.has_lapsed(now)
    is_for_them = found is None or not is_right or _may_use_password(context, found.person_id)

    def write(unit: Unit) -> bool:
        connection = unit.connection()
        if found is None:
            password.write_stranger(connection, now, source=source)
        elif not is_right:
            password.write_failure(connection, found, now, source=source)
        elif not is_for_them:
            password.write_refusal(connection, found, now, source=source, after={"way": "password_not_allowed"})
        elif has_lapsed:
            password.write_refusal(connection, found, now, source=source, after={"way": "given_password_lapsed"})
        elif then is not Then.NOTHING:
            return password.may_go_on(connection, found, now, password_hash=renewed)
        else:
            return password.write_success(connection, found, now, source=source, password_hash=renewed)
        return False

    if not context.database.write(write) or found is None:
        if has_lapsed and is_for_them:
            raise UnknownCallerError("given_password_lapsed", GIVEN_LAPSED)
        count_failure()
        raise UnknownCallerError("log_in_refused", _REFUSED if context.settings.is_password_for_all else _ADMINS_ONLY)
    return Passed(found.person_id, found.session_epoch, then, is_given=found.given_at is not None)


def find_next(context: Context, found: password.Credentials) -> Then:
    """Return what a log-in needs after the password: a code, a factor to be set up, or nothing."""
    settings = context.settings
    if settings.totp == "off":
        return Then.NOTHING
    if found.has_factor:
        return Then.CODE
    is_needed = settings.totp == "required" and (
        not settings.totp_roles or _holds(context, found.person_id, *settings.totp_roles)
    )
    return Then.SET_UP if is_needed else Then.NOTHING


def _may_use_password(context: Context, person_id: int) -> bool:
    return context.settings.is_password_for_all or _holds(context, person_id, Duty.ADMIN)


def _holds(context: Context, person_id: int, *duties: Duty) -> bool:
    """Whether a person holds, or is lent, a post of one of `duties` now."""
    with context.database.reading() as unit:
        actor = find_actor(unit.connection(), person_id, context.today(), context.now())
    return actor is not None and actor.has(*duties)


def require_unchanged(passed: Passed) -> None:
    """Let somebody go on from the first step to the next; UnknownCallerError when the account changed meanwhile."""
    context = current_context()
    with context.database.reading() as unit:
        found = password.find_credentials_of(unit.connection(), passed.person_id, context.now())
    if found is None or found.session_epoch != passed.session_epoch or find_next(context, found) is not passed.then:
        raise UnknownCallerError("log_in_lapsed", LAPSED)


def check_code(passed: Passed, code: str, *, source: str) -> None:
    """End a log-in by its code; UnknownCallerError `code_refused` for a wrong one, `log_in_lapsed` to begin again.

    A wrong one counts as a wrong password does, and while the account pauses no code is taken at all.
    """
    require_patience()
    context = current_context()
    now = context.now()

    def write(unit: Unit) -> UnknownCallerError | None:
        connection = unit.connection()
        found = password.find_credentials_of(connection, passed.person_id, now, is_held=True)
        if found is None or found.session_epoch != passed.session_epoch or not found.has_factor:
            return UnknownCallerError("log_in_lapsed", LAPSED)
        way = None if found.is_locked else take_code(connection, found.person_id, code, now)
        if way is None:
            password.write_failure(connection, found, now, source=source, after={"way": "code"})
            return UnknownCallerError("code_refused", _BAD_CODE)
        if not password.write_success(connection, found, now, source=source, after={"way": way}):
            raise AssertionError("the account is held and was just looked at")
        if way == "recovery":
            act = make_act(context, unit, found.person_id, role="self", source=source)
            tell(act, found.person_id, "account.recovery_used", left=count_codes(connection, found.person_id))
        return None

    refusal = context.database.write(write)
    if refusal is not None:
        count_failure()
        raise refusal


def log_in_at_once(login: str, given: str, code: str | None, *, source: str) -> int:
    """Return the id of who logs in with password and, where the account has a second factor, code in one request.

    UnknownCallerError: `code_needed` when the password was right and there is no code, `second_factor_set_up_needed`
    when a factor must be set up first, `password_change_needed` when somebody else gave the password, else as
    `check_log_in` and `check_code`.
    """
    passed = check_log_in(login, given, source=source)
    if passed.is_given:
        raise UnknownCallerError("password_change_needed", CHANGE_NEEDED)
    if passed.then is Then.SET_UP:
        raise UnknownCallerError("second_factor_set_up_needed", SET_UP_NEEDED)
    if passed.then is Then.CODE:
        if not code:
            raise UnknownCallerError("code_needed", CODE_NEEDED)
        check_code(passed, code, source=source)
    return passed.person_id


def finish_set_up(passed: Passed, code: str, *, source: str) -> tuple[str, ...]:
    """End a log-in by switching the person's new factor on with its first code; returns the recovery codes.

    InvalidError for a wrong code, UnknownCallerError `log_in_lapsed` to begin again.
    """
    require_patience()
    context = current_context()
    now = context.now()

    def write(unit: Unit) -> tuple[str, ...]:
        connection = unit.connection()
        found = password.find_credentials_of(connection, passed.person_id, now, is_held=True)
        if found is None or found.session_epoch != passed.session_epoch or found.is_locked:
            raise UnknownCallerError("log_in_lapsed", LAPSED)
        act = make_act(context, unit, found.person_id, role="self", source=source)
        codes = confirm_factor(act, found.person_id, code)
        password.write_success(connection, found, now, source=source, after={"way": "set_up"})
        return codes

    return context.database.write(write)
