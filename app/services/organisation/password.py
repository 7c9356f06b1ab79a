"""Passwords: argon2id hashes, a short policy, and a pause after repeated failures.

Checking a hash takes tens of milliseconds, so it happens between two units of work, never inside one:
`find_credentials`, `matches`, then `write_success` or `write_failure`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import case, select, update
from sqlalchemy.engine import Connection

from app.core.errors import Fault, InvalidError, Sentence
from app.core.text import clean, fold
from app.models.organisation import Person
from app.services.recording import Acting, write_audit

PASSWORD_MIN = 10
PASSWORD_MAX = 200
FAILURES_MAX = 5
LOCK_MINUTES = 15

_HASHER = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a log-in is checked against."""

    person_id: int
    password_hash: str
    is_locked: bool


def hash_password(login: str, password: str) -> str:
    """Return the hash of a password that meets the policy; InvalidError says what it lacks. Slow on purpose."""
    faults = []
    if len(password) < PASSWORD_MIN:
        said = Sentence(f"密码至少{PASSWORD_MIN}个字符。", f"At least {PASSWORD_MIN} characters.")
        faults.append(Fault("password", said))
    if len(password) > PASSWORD_MAX:
        said = Sentence(f"密码最多{PASSWORD_MAX}个字符。", f"At most {PASSWORD_MAX} characters.")
        faults.append(Fault("password", said))
    if fold(password) == fold(login):
        faults.append(Fault("password", Sentence("密码不能与登录名相同。", "The password must not be the login.")))
    if faults:
        raise InvalidError(faults)
    return _HASHER.hash(_encode(password))


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


def matches(found: Credentials | None, password: str) -> bool:
    """Whether `password` opens the account; takes as long when there is no account."""
    try:
        is_right = _HASHER.verify(found.password_hash if found else _decoy(), _encode(password))
    except (VerificationError, InvalidHashError):
        return False
    return is_right and found is not None and not found.is_locked


@cache
def _decoy() -> str:
    return _HASHER.hash(b"nobody's password")


def _encode(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def write_success(connection: Connection, person_id: int, now: datetime, *, source: str) -> None:
    """Forget earlier failures and record the log-in."""
    connection.execute(update(Person).where(Person.id == person_id).values(failed_logins=0, locked_until=None))
    write_audit(connection, Acting(person_id, "self"), now, action="log_in", source=source)


def write_failure(connection: Connection, person_id: int, now: datetime, *, source: str) -> None:
    """Count a failure; the fifth in a row closes the account for a while."""
    until = now + timedelta(minutes=LOCK_MINUTES)
    is_last = Person.failed_logins + 1 >= FAILURES_MAX
    connection.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(
            failed_logins=case((is_last, 0), else_=Person.failed_logins + 1),
            locked_until=case((is_last, until), else_=Person.locked_until),
        )
    )
    write_audit(connection, Acting(person_id, "self"), now, action="log_in", source=source, outcome="refused")
