"""Passwords: argon2id hashes, keyed with a pepper where one is set, a short policy, pauses that grow with failures.

Checking a hash takes tens of milliseconds, so it happens between two units of work, never inside one:
`find_credentials`, `matches`, then `write_success` or `write_failure`.

A hash that was made with a pepper is kept as `hmac:<mark of the pepper>:<argon2>`, one without as argon2 writes it.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import case, insert, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from app.core.errors import Fault, InvalidError, NotFoundError, Sentence
from app.core.text import clean, fold
from app.models.account import SecondFactor
from app.models.organisation import Person
from app.models.record import Audit
from app.services.account.common_passwords import is_common, is_made_of, keep_letters
from app.services.act import Act
from app.services.recording import Acting, write_audit

PASSWORD_MIN = 12
PASSWORD_MAX = 200
#: From this failure in a row on, each one pauses the account, longer each time; a success starts anew.
FAILURES_MAX = 5
PAUSE_MINUTES = (1, 2, 4, 8, 16, 32, 60)
#: A password that somebody else gave lapses after so long, unless it was changed.
GIVEN_HOURS = 72
#: Failures that lie this far back count no more.
_FORGET = timedelta(days=1)
_KEYED = "hmac:"
_HASHER = PasswordHasher()


_NAMES = Sentence(
    "密码不能只由登录名、姓名、城市名或系统名（加数字）组成。",
    "The password must be more than the login, a name, the city or the product, with or without digits.",
)
_SAME = Sentence("新密码不能与现有密码相同。", "The new password must differ from the present one.")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a log-in is checked against; `password_hash` is "" for who has no password.

    `has_factor`: the password alone is not enough, a code is asked for as well.
    """

    person_id: int
    password_hash: str
    is_locked: bool
    session_epoch: int = 1
    has_factor: bool = False
    #: When somebody else gave the password; None: it is the person's own.
    given_at: datetime | None = None

    def has_lapsed(self, now: datetime) -> bool:
        """Whether the password was given, and not changed in time."""
        return self.given_at is not None and now >= self.given_at + timedelta(hours=GIVEN_HOURS)


def hash_password(login: str, password: str, pepper: str = "", *, words: Iterable[str] = (), kept: str = "") -> str:
    """Return the hash of a password that meets the policy; InvalidError lists all that it lacks. Slow on purpose.

    `words` are names that are no password: the person's, the city's, the product's. `kept` is the hash of the present
    password, which the new one must not equal ("": there is none).
    """
    said = list(_list_lacks(login, password, words))
    if kept and not said and matches(Credentials(0, kept, is_locked=False), password, pepper):
        said.append(_SAME)
    if said:
        raise InvalidError([Fault("password", one) for one in said])
    return _make_hash(password, pepper)


def _list_lacks(login: str, password: str, words: Iterable[str]) -> Iterator[Sentence]:
    """Yield everything that speaks against a password: its length, and that it is easily guessed; never its kind."""
    if len(password) < PASSWORD_MIN:
        yield Sentence(f"密码至少{PASSWORD_MIN}个字符。", f"At least {PASSWORD_MIN} characters.")
    if len(password) > PASSWORD_MAX:
        yield Sentence(f"密码最多{PASSWORD_MAX}个字符。", f"At most {PASSWORD_MAX} characters.")
        return
    if not password:
        return
    if keep_letters(password) == keep_letters(login):
        yield Sentence("密码不能与登录名相同。", "The password must not be the login.")
    elif is_made_of(password, (login, *words)):
        yield _NAMES
    elif len(password) >= PASSWORD_MIN and is_common(password):
        yield Sentence("密码过于常见，请换一个。", "The password is too common; choose another one.")


def _make_hash(password: str, pepper: str) -> str:
    if not pepper:
        return _HASHER.hash(_encode(password))
    return f"{_mark(pepper)}{_HASHER.hash(_key(password, pepper))}"


def _mark(pepper: str) -> str:
    """Return the beginning of a hash that was made with this pepper: it tells two peppers apart, and no more."""
    return f"{_KEYED}{hashlib.sha256(b'lianban pepper' + pepper.encode()).hexdigest()[:8]}:"


def _key(password: str, pepper: str) -> bytes:
    return hmac.new(pepper.encode(), _encode(password), hashlib.sha256).hexdigest().encode()


def find_credentials(connection: Connection, login: str, now: datetime) -> Credentials | None:
    """Return what the log-in of an active person is checked against; None when nobody can log in with `login`."""
    row = connection.execute(
        _CREDENTIALS.where(Person.login.in_({clean(login), fold(login)}), Person.password_hash.is_not(None))
    ).first()
    return None if row is None else _read(row, now)


def find_credentials_of(
    connection: Connection, person_id: int, now: datetime, *, is_held: bool = False
) -> Credentials | None:
    """Return the same by the person's id, with or without a password; `is_held`: nobody else until the unit ends."""
    statement = _CREDENTIALS.where(Person.id == person_id)
    row = connection.execute(statement.with_for_update(of=Person) if is_held else statement).first()
    return None if row is None else _read(row, now)


def find_hash(connection: Connection, person_id: int) -> str:
    """Return the hash of a person's present password; "" when there is none."""
    return connection.execute(select(Person.password_hash).where(Person.id == person_id)).scalar_one_or_none() or ""


_CREDENTIALS = (
    select(
        Person.id, Person.password_hash, Person.locked_until, Person.session_epoch,
        SecondFactor.confirmed_at.is_not(None).label("has_factor"), Person.password_given_at,
    )
    .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
    .where(Person.is_active)
)  # fmt: skip


def _read(row: Any, now: datetime) -> Credentials:  # noqa: ANN401  # a row
    is_locked = row.locked_until is not None and row.locked_until > now
    return Credentials(
        row.id, row.password_hash or "", is_locked, row.session_epoch, bool(row.has_factor), row.password_given_at
    )  # fmt: skip


def matches(found: Credentials | None, password: str, pepper: str = "") -> bool:
    """Whether `password` opens the account; takes as long when there is no account.

    A hash made with another pepper, or with one that is no longer set, is opened by nothing.
    """
    stored = found.password_hash if found else _decoy()
    given = _encode(password)
    is_known = True
    if stored.startswith(_KEYED):
        is_known = bool(pepper) and stored.startswith(_mark(pepper))
        given, stored = _key(password, pepper), stored.rpartition(":")[2]
    try:
        is_right = _HASHER.verify(stored, given)
    except (VerificationError, InvalidHashError):
        return False
    return is_right and is_known and found is not None and not found.is_locked


def may_go_on(connection: Connection, found: Credentials, now: datetime, *, password_hash: str | None = None) -> bool:
    """Whether the account is still as it was when its password was right, so that a code may be asked for.

    Earlier failures are not forgotten: only the code ends the log-in. `password_hash` replaces the one checked.
    """
    statement = update(Person).where(*_unchanged(found, now))
    return bool(connection.execute(statement.values(password_hash=password_hash or found.password_hash)).rowcount)


def renew_hash(found: Credentials, password: str, pepper: str) -> str | None:
    """Return the hash to keep from now on when a pepper was set since the old one was made, else None. Slow."""
    return None if not pepper or found.password_hash.startswith(_KEYED) else _make_hash(password, pepper)


@cache
def _decoy() -> str:
    return _HASHER.hash(b"nobody's password")


def _encode(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def _is_open(now: datetime) -> ColumnElement[bool]:
    return or_(Person.locked_until.is_(None), Person.locked_until <= now)


def still_holds(connection: Connection, person_id: int, password_hash: str) -> bool:
    """Whether the hash that was checked a moment ago is still the person's; the row is held until the unit ends."""
    kept = select(Person.password_hash).where(Person.id == person_id, Person.is_active).with_for_update()
    return connection.execute(kept).scalar_one_or_none() == password_hash


def write_success(
    connection: Connection,
    found: Credentials,
    now: datetime,
    *,
    source: str,
    password_hash: str | None = None,
    after: Mapping[str, Any] | None = None,
) -> bool:
    """Forget earlier failures and record the log-in, with `after`; `password_hash` replaces the one checked.

    False, and nothing but the audit row, when the account was paused, closed or given another password meanwhile.
    """
    kept = password_hash or found.password_hash or None
    values = {"failed_logins": 0, "locked_until": None, "password_hash": kept}
    is_done = bool(connection.execute(update(Person).where(*_unchanged(found, now)).values(**values)).rowcount)
    _audit(connection, found.person_id, now, source, "done" if is_done else "refused", after)
    return is_done


def _unchanged(found: Credentials, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which an account is as it was when it was checked, and not paused."""
    same = Person.password_hash == found.password_hash if found.password_hash else Person.password_hash.is_(None)
    return Person.id == found.person_id, Person.is_active.is_(True), same, _is_open(now)


def write_refusal(
    connection: Connection, found: Credentials, now: datetime, *, source: str, after: Mapping[str, Any]
) -> None:
    """Record a log-in that is refused for another reason than a wrong password or code; nothing is counted."""
    _audit(connection, found.person_id, now, source, "refused", after)


def write_vouched(
    connection: Connection, found: Credentials, now: datetime, *, source: str, after: Mapping[str, Any]
) -> None:
    """Record a log-in for which somebody else vouched: failures and pauses of the password are left as they are."""
    _audit(connection, found.person_id, now, source, "done", after)


def write_failure(
    connection: Connection,
    found: Credentials,
    now: datetime,
    *,
    source: str,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Count a failure; from the fifth in a row on, each pauses the account. While it is paused, none counts."""
    count = case((Person.locked_until < now - _FORGET, 1), else_=Person.failed_logins + 1)
    pauses = [
        (count == FAILURES_MAX + step, now + timedelta(minutes=minutes)) for step, minutes in enumerate(PAUSE_MINUTES)
    ]
    longest = now + timedelta(minutes=PAUSE_MINUTES[-1])
    connection.execute(
        update(Person)
        .where(Person.id == found.person_id, _is_open(now))
        .values(
            failed_logins=count,
            locked_until=case(*pauses, (count > FAILURES_MAX, longest), else_=Person.locked_until),
        )
    )
    _audit(connection, found.person_id, now, source, "refused", after)


def unlock_person(act: Act, person_id: int) -> None:
    """End the pause of an account and forget its failures (idempotent); NotFoundError when there is no such person."""
    row = act.connection.execute(
        select(Person.failed_logins, Person.locked_until).where(Person.id == person_id, ~Person.is_system)
    ).first()
    if row is None:
        raise NotFoundError("没有这个人员。", "There is no such person.")
    if not row.failed_logins and row.locked_until is None:
        return
    act.connection.execute(update(Person).where(Person.id == person_id).values(failed_logins=0, locked_until=None))
    act.audit("unlock_person", f"person:{person_id}", before={"failed_logins": row.failed_logins})


def write_stranger(
    connection: Connection, now: datetime, *, source: str, after: Mapping[str, Any] | None = None
) -> None:
    """Record a log-in under a name that nobody has; the name is not kept, it may be a password typed too early."""
    connection.execute(
        insert(Audit).values(
            action="log_in",
            outcome="refused",
            occurred_at=now,
            recorded_at=now,
            source=source,
            subject="unknown",
            after=after,
        )
    )


def _audit(
    connection: Connection, person_id: int, now: datetime, source: str, outcome: str, after: Mapping[str, Any] | None
) -> None:
    write_audit(
        connection, Acting(person_id, "self"), now, action="log_in", source=source, outcome=outcome, after=after
    )
