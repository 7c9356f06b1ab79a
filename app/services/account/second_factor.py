"""A second factor: six digits of an authenticator app (TOTP, RFC 6238), or one of ten recovery codes.

Every code is good once: of two log-ins with the same code the database lets one through, by the time step that is
remembered or by the recovery code that is marked as used. Whoever asks for a code counts wrong ones as wrong
passwords (`password.write_failure`).
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from pyotp import TOTP, random_base32
from pyotp.utils import strings_equal
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from app.core.database import make_insert
from app.core.errors import ConflictError, Fault, InvalidError, NotFoundError, Sentence
from app.core.sealing import Sealed, SealError, seal, unseal
from app.core.text import clean
from app.models.account import RecoveryCode, SecondFactor
from app.models.organisation import Person
from app.models.record import Outbox
from app.services.act import Act

log = logging.getLogger(__name__)

RECOVERY_CODES = 10
REASON_MAX = 500
#: How long a secret that was begun is offered for confirmation.
BEGUN_FOR = timedelta(minutes=30)
_STEP_SECONDS = 30
#: Clocks of telephones differ: the step before and the one after are taken as well.
_DRIFT = (0, -1, 1)
_DIGITS = 6
#: 31 letters and digits that are not easily confused, 16 of them: 79 bits, which no copy of the hashes gives away.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
#: 24 of 31 letters: 118 random bits, enough for a plain hash to keep them (OWASP ASVS 6.5.2 asks for 112).
_GROUPS, _GROUP = 6, 4

WRONG = Sentence("验证码不正确或已使用过。", "The code is wrong or was used already.")
_LAPSED = Sentence("设置已超时，请重新开始。", "The set-up has lapsed; begin again.")
_IS_ON = Sentence("两步验证已启用。", "The second factor is on already.")
_IS_OFF = Sentence("两步验证未启用。", "There is no second factor.")

Way = Literal["app", "recovery"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret to put into an app: as text, and as the address that a QR code carries."""

    secret: str
    uri: str


def begin_factor(act: Act, person_id: int) -> None:
    """Make a secret for a person, in place of one that was begun before; ConflictError when a factor is on."""
    sealed = seal(random_base32(), SecondFactor.secret, person_id)
    values = {"secret": sealed, "begun_at": act.now, "last_step": None}
    made = act.connection.execute(
        make_insert(act.connection, SecondFactor)
        .values(person_id=person_id, confirmed_at=None, **values)
        .on_conflict_do_update(
            index_elements=["person_id"], set_=values, where=SecondFactor.confirmed_at.is_(None)
        )
        .returning(SecondFactor.person_id)
    )  # fmt: skip
    if made.first() is None:
        raise ConflictError("second_factor_on", _IS_ON)


def read_offer(connection: Connection, person_id: int, now: datetime, issuer: str) -> Offer | None:
    """Return what a person puts into their app; None when nothing was begun, it has lapsed, or the factor is on."""
    row = connection.execute(
        select(SecondFactor.secret, Person.login)
        .join(Person, Person.id == SecondFactor.person_id)
        .where(
            SecondFactor.person_id == person_id,
            SecondFactor.confirmed_at.is_(None),
            SecondFactor.begun_at > now - BEGUN_FOR,
        )
    ).first()
    secret = None if row is None else _open(row.secret, person_id)
    if row is None or secret is None:
        return None
    return Offer(secret, TOTP(secret).provisioning_uri(name=row.login, issuer_name=issuer))


def confirm_factor(act: Act, person_id: int, code: str) -> tuple[str, ...]:
    """Switch the factor on that was begun, by its first code; returns the recovery codes, which nobody sees again.

    InvalidError for a wrong code, ConflictError when nothing was begun, it has lapsed, or the factor is on.
    """
    row = act.connection.execute(
        select(SecondFactor.secret, SecondFactor.begun_at, SecondFactor.confirmed_at)
        .where(SecondFactor.person_id == person_id)
        .with_for_update()
    ).first()
    if row is not None and row.confirmed_at is not None:
        raise ConflictError("second_factor_on", _IS_ON)
    if row is None or row.begun_at <= act.now - BEGUN_FOR:
        raise ConflictError("second_factor_lapsed", _LAPSED)
    step = _find_step(_open(row.secret, person_id), code, act.now, None)
    if step is None:
        raise InvalidError([Fault("code", WRONG)])
    act.connection.execute(
        update(SecondFactor)
        .where(SecondFactor.person_id == person_id)
        .values(confirmed_at=act.now, last_step=step)
    )  # fmt: skip
    codes = _make_codes(act.connection, person_id)
    act.audit("second_factor.on", f"person:{person_id}")
    tell(act, person_id, "account.factor_on")
    return codes


def renew_codes(act: Act, person_id: int) -> tuple[str, ...]:
    """Give a person new recovery codes in place of the old ones; ConflictError when there is no factor."""
    require_factor(act.connection, person_id)
    codes = _make_codes(act.connection, person_id)
    act.audit("second_factor.codes", f"person:{person_id}")
    return codes


def require_factor(connection: Connection, person_id: int) -> None:
    """Let go on who has a factor; ConflictError for anybody else."""
    found = select(SecondFactor.person_id).where(
        SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None)
    )
    if connection.execute(found).first() is None:
        raise ConflictError("second_factor_off", _IS_OFF)


def take_code(connection: Connection, person_id: int, code: str, now: datetime) -> Way | None:
    """Take a code that opens the account and use it up; None for a wrong one and for one that was used before."""
    row = connection.execute(
        select(SecondFactor.secret, SecondFactor.last_step).where(
            SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None)
        )
    ).first()
    if row is None:
        return None
    step = _find_step(_open(row.secret, person_id), code, now, row.last_step)
    if step is not None:
        taken = update(SecondFactor).where(
            SecondFactor.person_id == person_id, or_(SecondFactor.last_step.is_(None), SecondFactor.last_step < step)
        )
        return "app" if connection.execute(taken.values(last_step=step)).rowcount else None
    used = update(RecoveryCode).where(
        RecoveryCode.person_id == person_id,
        RecoveryCode.sha256 == _digest(person_id, code),
        RecoveryCode.used_at.is_(None),
    )
    return "recovery" if connection.execute(used.values(used_at=now)).rowcount else None


def switch_off(act: Act, person_id: int) -> None:
    """Take a person's factor away, by themselves; ConflictError when there is none."""
    require_factor(act.connection, person_id)
    _remove(act.connection, person_id)
    act.audit("second_factor.off", f"person:{person_id}")
    tell(act, person_id, "account.factor_off")


def reset_factor(act: Act, person_id: int, reason: str) -> None:
    """Take a person's factor away, by an administrator with a reason; the person is told.

    InvalidError without a reason, NotFoundError when there is no such person, ConflictError without a factor.
    """
    said = clean(reason)
    if not said or len(said) > REASON_MAX:
        expected = Sentence(f"请填写原因，最多{REASON_MAX}字。", f"Give a reason, at most {REASON_MAX} characters.")
        raise InvalidError([Fault("reason", expected)])
    if act.connection.execute(select(Person.id).where(Person.id == person_id, ~Person.is_system)).first() is None:
        raise NotFoundError("没有这个人员。", "There is no such person.")
    require_factor(act.connection, person_id)
    _remove(act.connection, person_id)
    act.audit("second_factor.reset", f"person:{person_id}", after={"reason": said})
    tell(act, person_id, "account.factor_reset", reason=said)


def count_codes(connection: Connection, person_id: int) -> int:
    """Return how many recovery codes are left."""
    left = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return int(connection.execute(left).scalar_one())


def tell(act: Act, person_id: int, topic: str, **payload: Any) -> None:  # noqa: ANN401  # JSON
    """Owe a person a message about their own account: who did it need not be they."""
    act.connection.execute(
        insert(Outbox).values(
            item_id=None, recipient=f"U:{person_id}", topic=topic, payload={"account": person_id, **payload},
            status="pending", unique_key=None, not_before=act.now, created_at=act.now,
        )
    )  # fmt: skip


def _open(sealed: Sealed, person_id: int) -> str | None:
    """Return the secret; None for one that does not open, whose person still has recovery codes."""
    try:
        return unseal(sealed, SecondFactor.secret, person_id)
    except SealError as error:
        log.warning("the second factor of person %s: %s", person_id, error.sentence.en)
        return None


def _find_step(secret: str | None, code: str, now: datetime, last_step: int | None) -> int | None:
    """Return the time step whose code it is, if it is later than the last one that was taken."""
    if secret is None:
        return None
    given = "".join(code.split())
    if len(given) != _DIGITS or not (given.isascii() and given.isdigit()):
        return None
    app, present = TOTP(secret), int(now.timestamp()) // _STEP_SECONDS
    steps = [step for step in (present + drift for drift in _DRIFT) if strings_equal(app.generate_otp(step), given)]
    return next((step for step in steps if last_step is None or step > last_step), None)


def _make_codes(connection: Connection, person_id: int) -> tuple[str, ...]:
    codes = tuple(
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
        for _ in range(RECOVERY_CODES)
    )
    connection.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    connection.execute(
        insert(RecoveryCode), [{"person_id": person_id, "sha256": _digest(person_id, one)} for one in codes]
    )
    return codes


def _digest(person_id: int, code: str) -> str:
    plain = "".join(char for char in code.casefold() if char.isalnum())
    return hashlib.sha256(f"{person_id}:{plain}".encode("utf-8", "surrogatepass")).hexdigest()


def _remove(connection: Connection, person_id: int) -> None:
    connection.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    connection.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
