"""How long an address must wait: counted together by all processes, by window, forgotten after a day."""

from datetime import timedelta

from sqlalchemy import func, select

from app.core.database import Database, make_engine
from app.models.account import LogInFailure
from app.services.account.patience import find_end, forget_failures, write_failed_address
from tests.city import NOW

SECOND = timedelta(seconds=1)


def fail(database: Database, address: str, times: int, apart: timedelta = SECOND) -> None:
    """Let log-ins of an address fail, the last one now."""
    with database.writing() as session:
        for number in range(times):
            write_failed_address(session.connection(), address, NOW - number * apart)


def end(database: Database, address: str, after: timedelta = timedelta()) -> timedelta | None:
    """Return for how long from now on an address waits, asked some time later."""
    with database.reading() as session:
        found = find_end(session.connection(), address, NOW + after)
    return None if found is None else found - NOW


def test_two_servers_count_together(database: Database, database_url: str) -> None:
    """Fifteen failures at each of two web servers are thirty: both let the address wait, and no other."""
    other = Database(make_engine(database_url))
    fail(database, "203.0.113.9", 15)
    fail(other, "203.0.113.9", 14)
    assert end(database, "203.0.113.9") is None
    fail(other, "203.0.113.9", 1)
    for server in (database, other):
        assert end(server, "203.0.113.9") == timedelta(minutes=10) - 14 * SECOND
        assert end(server, "203.0.113.10") is None
    other.engine.dispose()


def test_a_wait_ends_by_itself(database: Database) -> None:
    """Ten minutes after the thirtieth last failure; two hundred in a day wait for the day's end."""
    fail(database, "a", 30)
    assert end(database, "a", timedelta(minutes=9)) is not None
    assert end(database, "a", timedelta(minutes=10)) is None
    fail(database, "b", 200, timedelta(minutes=5))
    assert end(database, "b") == timedelta(days=1) - 199 * timedelta(minutes=5)


def test_the_night_forgets_what_counts_no_more(database: Database) -> None:
    """A day later nothing is left; what still counts stays."""
    fail(database, "a", 3, timedelta(hours=20))
    with database.writing() as session:
        assert forget_failures(session, NOW) == 1
        assert session.execute(select(func.count()).select_from(LogInFailure)).scalar_one() == 2
