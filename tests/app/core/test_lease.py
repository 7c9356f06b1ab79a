"""The locks: one holder at a time, lost and noticed, taken anew."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.core.database import Database, make_engine
from app.core.errors import UnavailableError
from app.core.lease import held, make_lease, take


def cut_or_remove(database: Database, name: str) -> None:
    """Take a lock away from its holder: end its connection, or remove its file."""
    if database.is_postgresql:
        with database.engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            )
        return
    Path(f"{database.engine.url.database}.{name}.lock").unlink()


def test_a_lock_has_one_holder(database: Database) -> None:
    """DESIGN 4: one sweep at a time; the two locks do not hinder each other."""
    first, second, other = (make_lease(database, name) for name in ("sweep", "sweep", "scheduler"))
    assert first.try_take()
    assert first.still_held()
    assert not second.try_take()
    assert not second.still_held()
    assert other.try_take()
    first.release()
    assert not first.still_held()
    assert second.try_take()
    second.release()
    other.release()


def test_a_lock_that_is_held_is_taken_again_without_harm(database: Database) -> None:
    """Whoever holds the lock may ask for it again and gives it back once."""
    lease = make_lease(database, "sweep")
    assert lease.try_take()
    assert lease.try_take()
    lease.release()
    lease.release()
    other = make_lease(database, "sweep")
    assert other.try_take()
    other.release()


def test_a_lock_outlives_the_pool(database: Database) -> None:
    """DEPENDENCIES trap 5: the lock is held on a connection outside the pool, so the pool's reset frees nothing."""
    lease, other = make_lease(database, "sweep"), make_lease(database, "sweep")
    assert lease.try_take()
    database.engine.dispose()
    assert lease.still_held()
    assert not other.try_take()
    lease.release()


def test_p109_a_lost_lock_is_noticed_and_taken_anew(database: Database) -> None:
    """P109: the connection is cut (the file removed): still_held says so, and the lock is taken anew."""
    lease = make_lease(database, "scheduler")
    assert lease.try_take()
    cut_or_remove(database, "scheduler")
    assert not lease.still_held()
    assert take(lease, wait_seconds=5)
    assert lease.still_held()
    lease.release()


def test_waiting_ends_with_the_holder(database: Database) -> None:
    """A command waits for a running sweep and begins as soon as that is over."""
    first = make_lease(database, "sweep")
    assert first.try_take()
    timer = threading.Timer(0.5, first.release)
    timer.start()
    with held(database, "sweep", wait_seconds=20) as second:
        assert second.still_held()
    timer.join()


def test_waiting_has_an_end(database: Database) -> None:
    """Who would not wait for ever is told that somebody else is at it."""
    first = make_lease(database, "sweep")
    assert first.try_take()
    with pytest.raises(UnavailableError, match="busy"), held(database, "sweep", wait_seconds=0):
        raise AssertionError("not reached")
    assert not take(make_lease(database, "sweep"), lambda: True)
    first.release()


def test_a_database_that_is_away_gives_no_lock() -> None:
    """A lock that cannot be asked for is not held; whoever waits goes on asking."""
    database = Database(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    assert not take(make_lease(database, "sweep"), wait_seconds=0)


def test_a_database_in_memory_cannot_be_locked() -> None:
    """SQLite locks lie beside the file; without a file there is a plain refusal."""
    with pytest.raises(UnavailableError, match="no_file"):
        make_lease(Database(make_engine("sqlite://")), "sweep")
