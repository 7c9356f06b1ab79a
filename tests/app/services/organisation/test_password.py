"""Passwords: pepper, pauses that grow, races between checking and writing, common ones."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from app.core.errors import InvalidError
from app.models.organisation import Person
from app.services.organisation import password as under_test
from app.services.organisation.password import (
    FAILURES_MAX,
    PAUSE_MINUTES,
    Credentials,
    find_credentials,
    hash_password,
    matches,
    renew_hash,
    write_failure,
    write_success,
)
from tests.city import NOW, City

PEPPER, OTHER = "p" * 32, "q" * 32
SECRET = "made-up-but-long-enough"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "_HASHER", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))


def _credentials(password_hash: str) -> Credentials:
    return Credentials(1, password_hash, is_locked=False)


def test_a_pepper_keys_the_hash() -> None:
    """With a pepper, the hash alone is not enough; another pepper or none opens nothing."""
    found = _credentials(hash_password("somebody", SECRET, PEPPER))
    assert matches(found, SECRET, PEPPER)
    assert not matches(found, SECRET + "x", PEPPER)
    assert not matches(found, SECRET, OTHER)
    assert not matches(found, SECRET)
    assert len(found.password_hash) <= 200
    assert PEPPER not in found.password_hash


def test_old_hashes_go_on_and_are_renewed() -> None:
    """A hash without pepper still opens, and is made anew with it at the next log-in; without pepper nothing is."""
    found = _credentials(hash_password("somebody", SECRET))
    assert matches(found, SECRET, PEPPER)
    renewed = renew_hash(found, SECRET, PEPPER)
    assert renewed is not None
    assert matches(_credentials(renewed), SECRET, PEPPER)
    assert renew_hash(_credentials(renewed), SECRET, PEPPER) is None
    assert renew_hash(found, SECRET, "") is None


@pytest.mark.parametrize(
    "password", ["qwertyuiop123", "Password-1234", "123456 789012", "aaaaaaaaaaaa", "ababababababab"]
)
def test_common_passwords_are_refused(password: str) -> None:
    """What everybody chooses is no password, whatever its case and punctuation; nor is one of few characters."""
    with pytest.raises(InvalidError) as caught:
        hash_password("somebody", password)
    assert [fault.sentence.en for fault in caught.value.faults] == ["The password is too common; choose another one."]


def _read(city: City) -> tuple[int, timedelta | None]:
    with city.database.reading() as session:
        row = session.execute(select(Person.failed_logins, Person.locked_until).where(Person.login == "office1")).one()
    return row.failed_logins, None if row.locked_until is None else row.locked_until - NOW


def test_pauses_grow_and_a_success_begins_anew(city: City) -> None:
    """1, 2, 4 … minutes up to an hour; while an account is paused nothing counts; a success forgets all."""
    found = Credentials(city.people["office1"], "h", is_locked=False)
    now = NOW
    with city.database.writing() as session:
        connection = session.connection()
        session.execute(update(Person).where(Person.login == "office1").values(password_hash="h"))
        for _ in range(FAILURES_MAX - 1):
            write_failure(connection, found, now, source="test")
    assert _read(city) == (FAILURES_MAX - 1, None)
    for minutes in (*PAUSE_MINUTES, PAUSE_MINUTES[-1]):
        with city.database.writing() as session:
            connection = session.connection()
            write_failure(connection, found, now, source="test")
            write_failure(connection, found, now + timedelta(seconds=30), source="test")
        assert _read(city)[1] == now - NOW + timedelta(minutes=minutes)
        now += timedelta(minutes=minutes)
    with city.database.writing() as session:
        assert write_success(session.connection(), found, now, source="test")
    assert _read(city) == (0, None)


def test_failures_of_long_ago_count_no_more(city: City) -> None:
    """A day after the last pause, counting begins anew."""
    found = Credentials(city.people["office1"], "h", is_locked=False)
    with city.database.writing() as session:
        for _ in range(FAILURES_MAX):
            write_failure(session.connection(), found, NOW, source="test")
        write_failure(session.connection(), found, NOW + timedelta(days=2), source="test")
    assert _read(city)[0] == 1


@pytest.mark.parametrize(
    "change", [{"locked_until": NOW + timedelta(minutes=1)}, {"password_hash": "new"}, {"is_active": False}]
)
def test_what_changed_since_the_check_refuses(city: City, change: dict[str, object]) -> None:
    """Between check and writing the account was paused, given another password or closed: nobody gets in."""
    with city.database.writing() as session:
        connection = session.connection()
        session.execute(update(Person).where(Person.login == "office1").values(password_hash="h"))
        found = find_credentials(connection, "office1", NOW)
        assert found is not None
        session.execute(update(Person).where(Person.login == "office1").values(**change))
        assert not write_success(connection, found, NOW, source="test")
