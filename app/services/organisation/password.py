"""Passwords: argon2id hashes, keyed with a pepper where one is set, a short policy, pauses that grow with failures.

Checking a hash takes tens of milliseconds, so it happens between two units of work, never inside one:
`find_credentials`, `matches`, then `write_success` or `write_failure`.

A hash that was made with a pepper is kept as `hmac:<mark of the pepper>:<argon2>`, one without as argon2 writes it.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import case, insert, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from app.core.errors import Fault, InvalidError, Sentence
from app.core.text import clean, fold
from app.models.organisation import Person
from app.models.record import Audit
from app.services.recording import Acting, write_audit

PASSWORD_MIN = 12
PASSWORD_MAX = 200
#: From this failure in a row on, each one pauses the account, longer each time; a success starts anew.
FAILURES_MAX = 5
PAUSE_MINUTES = (1, 2, 4, 8, 16, 32, 60)
#: Failures that lie this far back count no more.
_FORGET = timedelta(days=1)
_DIFFERENT_MIN = 5
_KEYED = "hmac:"
_HASHER = PasswordHasher()
#: The most common ones among those that are long enough, compared folded and without what is no letter or digit.
_COMMON = frozenset(
    {
        "123456789012", "1234567890123", "12345678901234", "123456789123", "123123123123", "112233445566",
        "111222333444", "012345678910", "abcdefghijkl", "abcdefghijklmnop", "abc123456789", "abcd12345678",
        "a1234567890", "aa1234567890", "123456789abc", "qwertyuiopas", "qwertyuiop123", "qwertyuiop1234",
        "qwertyuiop12345", "qwerty123456", "qwerty1234567", "qwerty12345678", "asdfghjkl123", "asdfghjkl1234",
        "1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "qazwsxedcrfv", "zaq12wsxcde3", "1q2w3e4r5t6y", "1q2w3e4r5t6y7u8i",
        "q1w2e3r4t5y6", "zxcvbnmasdfg", "password1234", "password12345", "password123456", "passwordpassword",
        "mypassword123", "newpassword123", "p4ssw0rd1234", "passw0rd1234", "administrator", "administrator1",
        "admin1234567", "admin12345678", "admin123456789", "adminadmin123", "root12345678", "rootrootroot",
        "welcome12345", "welcome123456", "changeme1234", "changeme12345", "letmein12345", "letmein123456",
        "iloveyou1234", "iloveyou12345", "woaini123456", "woaini1314520", "woaini5201314", "woaizhongguo",
        "zhongguo123456", "beijing123456", "shanghai123456", "china1234567", "5201314520131", "52013141314520",
        "13145201314520", "a123456789012", "test12345678", "testtesttest", "user12345678", "guest1234567",
        "trustno1trustno1", "sunshine1234", "football1234", "baseball1234", "princess1234", "superman1234",
        "monkey123456", "dragon123456", "lianban12345", "lianban123456", "lianban2026", "lianbanlianban",
        "password2026", "password20261", "welcome20261",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a log-in is checked against."""

    person_id: int
    password_hash: str
    is_locked: bool


def hash_password(login: str, password: str, pepper: str = "") -> str:
    """Return the hash of a password that meets the policy; InvalidError says what it lacks. Slow on purpose."""
    faults = [Fault("password", said) for said in _list_lacks(login, password)]
    if faults:
        raise InvalidError(faults)
    return _make_hash(password, pepper)


def _list_lacks(login: str, password: str) -> list[Sentence]:
    """Return everything that speaks against a password."""
    said = []
    if len(password) < PASSWORD_MIN:
        said.append(Sentence(f"密码至少{PASSWORD_MIN}个字符。", f"At least {PASSWORD_MIN} characters."))
    if len(password) > PASSWORD_MAX:
        said.append(Sentence(f"密码最多{PASSWORD_MAX}个字符。", f"At most {PASSWORD_MAX} characters."))
    if fold(password) == fold(login):
        said.append(Sentence("密码不能与登录名相同。", "The password must not be the login."))
    plain = "".join(char for char in fold(password) if char.isalnum())
    is_poor = len(password) >= PASSWORD_MIN and len(set(fold(password))) < _DIFFERENT_MIN
    if plain in _COMMON or is_poor:
        said.append(Sentence("密码过于常见，请换一个。", "The password is too common; choose another one."))
    return said


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
        select(Person.id, Person.password_hash, Person.locked_until).where(
            Person.login.in_({clean(login), fold(login)}), Person.is_active, Person.password_hash.is_not(None)
        )
    ).first()
    if row is None or row.password_hash is None:
        return None
    return Credentials(row.id, row.password_hash, row.locked_until is not None and row.locked_until > now)


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
    connection: Connection, found: Credentials, now: datetime, *, source: str, password_hash: str | None = None
) -> bool:
    """Forget earlier failures and record the log-in; `password_hash` replaces the one that was checked.

    False, and nothing but the audit row, when the account was paused, closed or given another password meanwhile.
    """
    values = {"failed_logins": 0, "locked_until": None, "password_hash": password_hash or found.password_hash}
    is_done = bool(
        connection.execute(
            update(Person)
            .where(
                Person.id == found.person_id,
                Person.is_active,
                Person.password_hash == found.password_hash,
                _is_open(now),
            )
            .values(**values)
        ).rowcount
    )
    _audit(connection, found.person_id, now, source, "done" if is_done else "refused")
    return is_done


def write_failure(connection: Connection, found: Credentials, now: datetime, *, source: str) -> None:
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
    _audit(connection, found.person_id, now, source, "refused")


def write_stranger(connection: Connection, now: datetime, *, source: str) -> None:
    """Record a log-in under a name that nobody has; the name is not kept, it may be a password typed too early."""
    connection.execute(
        insert(Audit).values(
            action="log_in", outcome="refused", occurred_at=now, recorded_at=now, source=source, subject="unknown"
        )
    )


def _audit(connection: Connection, person_id: int, now: datetime, source: str, outcome: str) -> None:
    write_audit(connection, Acting(person_id, "self"), now, action="log_in", source=source, outcome=outcome)
