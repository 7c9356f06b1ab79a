"""A person's own second factor, for pages and API alike; what an administrator may do to somebody's account."""

from collections.abc import Callable
from typing import TypeVar

from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence
from app.edge.administering import make_admin_act
from app.edge.auth import make_act
from app.edge.brake import count_failure, require_patience
from app.edge.context import Context, Unit
from app.services.account.second_factor import (
    WRONG,
    Offer,
    begin_factor,
    confirm_factor,
    read_offer,
    renew_codes,
    switch_off,
    take_code,
)
from app.services.act import Act
from app.services.organisation import password
from config import PRODUCT_EN

Result = TypeVar("Result")
_WRONG_PASSWORD = Sentence("密码不正确，或账号暂停登录。", "The password is wrong, or the account pauses.")
_NOT_HERE = Sentence("本系统未启用两步验证。", "This installation has no second factor.")


def require_offered(context: Context) -> None:
    """Let go on where the installation has second factors at all; ConflictError elsewhere."""
    if context.settings.totp == "off":
        raise ConflictError("second_factor_not_offered", _NOT_HERE)


def begin_own(context: Context, person_id: int, *, source: str) -> Offer:
    """Make a secret for a person to put into their app; nothing asks for it before it is confirmed."""
    require_offered(context)

    def begin(unit: Unit) -> Offer | None:
        act = make_act(context, unit, person_id, role="self", source=source)
        begin_factor(act, person_id)
        return read_offer(act.connection, person_id, act.now, name_issuer(context))

    offer = context.database.write(begin)
    if offer is None:
        raise AssertionError("what was just begun can be read")
    return offer


def find_own_offer(context: Context, unit: Unit, person_id: int) -> Offer | None:
    """Return the secret that a person has begun with, as long as it can be confirmed."""
    return read_offer(unit.connection(), person_id, context.now(), name_issuer(context))


def name_issuer(context: Context) -> str:
    """Return what an app calls the installation: in letters that every app shows."""
    return f"{PRODUCT_EN} {context.settings.city_en}"


def confirm_own(context: Context, person_id: int, given: str | None, code: str, *, source: str) -> tuple[str, ...]:
    """Switch a person's factor on by its first code; returns the recovery codes. InvalidError lists every fault.

    The password is asked for as well, if there is one, so that an unwatched browser switches nothing on; `given` None:
    it was just shown.
    """
    require_offered(context)
    faults = [] if given is None else check_password(context, person_id, given, source=source)
    if faults:
        raise InvalidError(faults)

    def confirm(unit: Unit) -> tuple[str, ...]:
        act = make_act(context, unit, person_id, role="self", source=source)
        return confirm_factor(act, person_id, code)

    return context.database.write(confirm)


def renew_own_codes(context: Context, person_id: int, given: str, code: str, *, source: str) -> tuple[str, ...]:
    """Give a person ten new recovery codes, for password and code; InvalidError lists every fault."""
    return _with_both(context, person_id, given, code, source, lambda act: renew_codes(act, person_id))


def switch_own_off(context: Context, person_id: int, given: str, code: str, *, source: str) -> None:
    """Take a person's factor away, for password and code; InvalidError lists every fault."""
    _with_both(context, person_id, given, code, source, lambda act: switch_off(act, person_id))


def _with_both(
    context: Context, person_id: int, given: str, code: str, source: str, work: Callable[[Act], Result]
) -> Result:
    """Do `work` once password and code are right. A wrong one counts as a failed log-in; a right code is used up."""
    faults = check_password(context, person_id, given, source=source)
    now = context.now()

    def run(unit: Unit) -> Result | list[Fault]:
        act = make_act(context, unit, person_id, role="self", source=source)
        found = password.find_credentials_of(act.connection, person_id, now, is_held=True)
        if found is None or not found.has_factor:
            work(act)  # refuses, with its own sentence
            raise AssertionError("without a factor there is nothing to do")
        if faults:
            return faults
        if found.is_locked or take_code(act.connection, person_id, code, now) is None:
            password.write_failure(act.connection, found, now, source=source, after={"way": "code"})
            return [Fault("code", WRONG)]
        return work(act)

    done = context.database.write(run)
    if isinstance(done, list):
        if not faults:
            count_failure()
        raise InvalidError(done)
    return done


def check_password(context: Context, person_id: int, given: str, *, source: str) -> list[Fault]:
    """Return what is wrong with the password that a person shows once more; nothing where there is no password."""
    require_patience()
    now = context.now()
    with context.database.reading() as unit:
        found = password.find_credentials_of(unit.connection(), person_id, now)
    if found is None:
        raise NotFoundError
    if not found.password_hash or password.matches(found, given, context.settings.password_pepper):
        return []
    count_failure()
    context.database.write(
        lambda unit: password.write_failure(
            unit.connection(), found, now, source=source, after={"way": "asked_again"}
        )
    )  # fmt: skip
    return [Fault("password", _WRONG_PASSWORD)]


def administer(context: Context, admin_id: int, work: Callable[[Act], Result], *, source: str) -> Result:
    """Do an administrator's work on somebody's account; ForbiddenError for anybody else."""
    return context.database.write(lambda unit: work(make_admin_act(context, unit, admin_id, source=source)))
