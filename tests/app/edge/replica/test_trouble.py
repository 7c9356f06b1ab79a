"""A replica that is dead, promoted, a stranger's, half a record behind; what the primary does then."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core import replica as core
from app.core.database import Database, make_engine
from app.core.replica import Position, Replica, ReplicaFailedError, ask_position, make_replica_engine
from app.core.setting import SettingError
from config import read_settings
from tests.app.edge.replica.conftest import Watched
from tests.city import City
from tests.postgres import make_folder, server_url
from tests.servers.standby import Standby, wait_until


def test_a_log_that_ends_in_the_middle_of_a_record_is_flushed_on(watched: Watched, database_url: str) -> None:
    """Somebody writes and does not commit; whole pages of the log go out, the rest does not until it is asked for."""
    engine = make_engine(database_url)
    watched.titles()
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE padding (what TEXT)"))
        connection.commit()

        def is_halfway() -> bool:
            connection.execute(text("INSERT INTO padding SELECT repeat('x', 1500) FROM generate_series(1, 5)"))
            asked = "SELECT pg_current_wal_flush_lsn() < pg_current_wal_insert_lsn(), pg_current_wal_flush_lsn()::text"
            is_partly, flushed = connection.execute(text(asked)).one()
            return bool(is_partly) and number(flushed) % 8192 == 0

        wait_until(is_halfway)
        watched.titles()
        assert watched.replica.status == "serving"
        assert watched.counts()[1] > 1
        assert [one for one in watched.asked["primary"] if "pg_logical_emit_message" in one]
    engine.dispose()


def test_the_standby_is_killed_and_pages_go_on(
    watched: Watched, standby: Standby, caplog: pytest.LogCaptureFixture
) -> None:
    """Killed between two requests, and in the middle of one: each is answered; started again, it serves again."""
    watched.caller.city.task(title="照常")
    assert "照常" in watched.titles()
    standby.kill()
    try:
        assert "照常" in watched.titles()
        assert watched.replica.status == "away"
        assert watched.get("/items").status_code == 200
        assert watched.counts()[1] == 0
        told = watched.caller.client.get("/readyz")
        assert (told.status_code, told.json["replica"]) == (200, "away")
    finally:
        standby.start()
    watched.replica._rests_until = 0.0  # noqa: SLF001  # some seconds later
    assert "照常" in watched.titles()
    assert watched.counts()[1] > 1
    assert watched.caller.client.get("/readyz").json["replica"] == "serving"
    runs: list[Any] = []

    def work(session: Any) -> str:  # noqa: ANN401  # a session
        runs.append(session.bind)
        if len(runs) == 1:
            standby.kill()
        return str(session.execute(text("SELECT 'whole'")).scalar_one())

    try:
        assert watched.database.look(work) == "whole"
    finally:
        standby.start()
    assert runs == [watched.replica.engine, watched.database.engine]
    assert "cannot be reached" in caplog.text


def test_what_others_say_of_a_failure_is_found(watched: Watched) -> None:
    """A unit that says the database's error in words of its own is run again all the same; its own refusals are not."""
    runs: list[Any] = []

    def work(session: Any) -> str:  # noqa: ANN401  # a session
        runs.append(session.bind)
        try:
            if len(runs) == 1:
                session.execute(text("SELECT nothing FROM nowhere"))
        except Exception as error:
            raise ValueError("in words of its own") from error
        return "done"

    assert watched.database.look(work) == "done"
    assert len(runs) == 2
    watched.replica._rests_until = 0.0  # noqa: SLF001  # some seconds later

    def refuse(session: Any) -> None:  # noqa: ANN401  # a session
        runs.append(session.bind)
        raise LookupError

    with pytest.raises(LookupError):
        watched.database.look(refuse)
    assert len(runs) == 3
    assert watched.replica.status == "serving"


def test_a_unit_that_writes_after_all_is_a_fault_of_ours_not_of_the_replica(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told of, the primary serves, and everybody else is still served by the replica."""
    runs: list[Any] = []

    def work(session: Any) -> None:  # noqa: ANN401  # a session
        runs.append(session.bind)
        session.execute(text("CREATE TEMPORARY TABLE made (id INT)"))

    watched.database.look(work)
    assert runs == [watched.replica.engine, watched.database.engine]
    assert watched.replica.status == "serving"
    assert "tried to write" in caplog.text


def test_whoever_closes_badly_has_failed(watched: Watched) -> None:
    """The connection breaks after the last row was read: the unit is run again, since nobody knows."""
    position = Position("0/0", 1, "")
    with watched.database.reading() as session:
        found = ask_position(session)
    assert found is not None
    with pytest.raises(ReplicaFailedError), watched.replica.reading(found, watched.database.engine):
        raise IntegrityError("", {}, ValueError())
    with watched.replica.reading(position, watched.database.engine) as nothing:
        assert nothing is None
    assert watched.replica.status == "other_primary"


def test_a_second_primary_is_no_replica(database_url: str, city: City, tmp_path: Path) -> None:
    """A standby that was promoted, or a primary of its own, would show an old city for ever: it is passed over."""
    other = Standby()
    made = Watched(database_url, other.locate(database_url), city, tmp_path)
    try:
        other.catch_up()
        made.get("/items")
        other.promote()
        wait_until(lambda: other.run("SELECT pg_is_in_recovery()") is False)
        made.replica._rests_until = 0.0  # noqa: SLF001  # some seconds later
        city.task(title="只在主库")
        assert "只在主库" in made.titles()
        assert made.replica.status == "no_standby"
        assert made.caller.client.get("/readyz").json["replica"] == "no_standby"
    finally:
        made.replica.engine.dispose()
        made.database.engine.dispose()
        other.kill()


def test_a_standby_as_the_database_has_no_position(watched: Watched, standby: Standby, database_url: str) -> None:
    """Somebody gave the standby as the primary: nothing is compared, reading goes on."""
    database = Database(make_engine(standby.locate(database_url)), watched.replica)
    assert database.look(lambda session: session.bind) is database.engine
    database.engine.dispose()


def test_where_commits_do_not_wait_the_inserted_log_counts(database_url: str) -> None:
    """synchronous_commit = off: what is acknowledged may not be flushed yet, so the position is beyond that."""
    engine = make_engine(database_url)
    with engine.connect() as connection:
        for setting, function in (("off", "pg_current_wal_insert_lsn"), ("on", "pg_current_wal_flush_lsn")):
            connection.execute(text(f"SET synchronous_commit = {setting}"))
            plan = str(core._POSITION)  # noqa: SLF001  # the rule as it is sent
            before = connection.execute(text(f"SELECT {function}()::text")).scalar_one()
            found = connection.execute(text(plan)).one()
            after = connection.execute(text(f"SELECT {function}()::text")).scalar_one()
            assert number(before) <= number(found[0]) <= number(after)
    engine.dispose()


def number(lsn: str) -> int:
    head, _, tail = lsn.partition("/")
    return int(head, 16) << 32 | int(tail, 16)


def test_a_server_that_is_away_is_left_alone_for_a_while() -> None:
    """Asked once, then not for five seconds by a clock of the test's own."""
    clock = [100.0]
    nowhere = make_folder("nowhere")
    url = server_url().partition("?")[0] + f"?host={nowhere}"
    made = Replica(make_replica_engine(url), lambda: clock[0])
    assert not made.is_resting
    with made.reading(Position("0/0", 1, ""), made.engine) as found:
        assert found is None
    assert (made.status, made.is_resting) == ("away", True)
    rests = []
    for seconds in (core.REST_SECONDS - 0.1, 0.2):
        clock[0] += seconds
        rests.append(made.is_resting)
    assert rests == [True, False]


def test_the_replica_is_a_setting(tmp_path: Path) -> None:
    """LIANBAN_REPLICA_URL: PostgreSQL beside PostgreSQL, another server; a bad value stops the start."""
    given = {"LIANBAN_VAR": str(tmp_path), "LIANBAN_SECRET_KEY": "k" * 40}
    assert read_settings(given).replica_url == ""
    own = {"LIANBAN_DATABASE_URL": "postgresql://u:own-pw@db1/lianban"}
    good = {"LIANBAN_REPLICA_URL": "postgresql://u:own-pw@db2/lianban"}
    assert read_settings(given | own | good).replica_url == "postgresql+psycopg://u:own-pw@db2/lianban"
    for wrong, said in (
        (good, "SQLite has no replica"),
        (own | {"LIANBAN_REPLICA_URL": own["LIANBAN_DATABASE_URL"]}, "another server"),
        (own | {"LIANBAN_REPLICA_URL": "mysql://u:own-pw@db2/lianban"}, "expected postgresql"),
    ):
        with pytest.raises(SettingError, match=f"LIANBAN_REPLICA_URL.*{said}") as raised:
            read_settings(given | wrong)
        assert "own-pw" not in str(raised.value)
