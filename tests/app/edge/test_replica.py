"""Lists and reports from a replica: a real streaming standby that is in step, behind, dead, promoted, a stranger's."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from app.core import replica as core
from app.core.clock import FixedClock
from app.core.database import Database, make_engine
from app.core.replica import Position, Replica, ReplicaFailedError, ask_position, make_replica_engine
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.kind import Ask
from app.edge.report_centre.making import Job, fill_all
from app.factory import create_app
from app.policy.people import find_actor
from config import SettingError, read_settings
from tests.app.pages.conftest import Visit, give_passwords
from tests.city import NOW, City, fill_city
from tests.client import Caller, JsonClient, make_settings
from tests.databases import copy_filled_postgresql, drop_postgresql
from tests.postgres import make_folder, run_on_server, server_url
from tests.servers.standby import Standby, wait_until


@pytest.fixture(scope="module")
def standby() -> Iterator[Standby]:
    """Give a standby of the tests' server."""
    copy_filled_postgresql(fill_city)  # what is copied for each test stands on the standby, too
    made = Standby()
    yield made
    made.kill()


@pytest.fixture
def database_url(standby: Standby, built: list[City]) -> Iterator[str]:
    """Give a database whose commits wait for the log, as in production: on PostgreSQL only, there is no other."""
    url, known = copy_filled_postgresql(fill_city)
    built.append(known)
    name = url.partition("?")[0].rpartition("/")[2]
    run_on_server(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    standby.catch_up()
    yield url
    drop_postgresql(url)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the standby as long as a machine under load may need; the test of one that stands still does not."""
    monkeypatch.setattr(core, "WAIT_SECONDS", 20.0)


class Watched:
    """The application with a replica, and what each of the two databases was asked."""

    def __init__(self, url: str, replica_url: str, city: City, var: Path) -> None:
        app = create_app(replace(make_settings(url, var), replica_url=replica_url), FixedClock(NOW))
        app.testing, app.test_client_class = True, JsonClient
        self.caller = Caller(app, city, FixedClock(NOW))
        self.database = self.caller.context.database
        assert self.database.replica is not None
        self.replica = self.database.replica
        self.asked: dict[str, list[str]] = {"primary": [], "replica": []}
        for name, engine in (("primary", self.database.engine), ("replica", self.replica.engine)):
            event.listen(engine, "before_cursor_execute", self._note(name))

    def _note(self, name: str) -> Any:  # noqa: ANN401  # a listener
        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            self.asked[name].append(statement)

        return note

    def get(self, path: str, login: str = "office1") -> Any:  # noqa: ANN401  # JSON
        """GET from the API; what was asked before is forgotten."""
        self.caller.token(login)
        for asked in self.asked.values():
            asked.clear()
        return self.caller.get(login, path)

    def counts(self) -> tuple[int, int]:
        """Return how many statements the last request sent to the primary and to the replica."""
        return len(self.asked["primary"]), len(self.asked["replica"])

    def titles(self) -> list[str]:
        """Return the titles of the tasks that the office's list shows."""
        return [row["title"] for row in self.get("/items?kind=task").json["items"]]


@pytest.fixture
def watched(standby: Standby, database_url: str, city: City, tmp_path: Path) -> Iterator[Watched]:
    """Give the application with the standby as its replica."""
    made = Watched(database_url, standby.locate(database_url), city, tmp_path)
    made.get("/items")  # the token's first use is written
    yield made
    made.replica.engine.dispose()
    made.database.engine.dispose()


def test_lists_are_read_from_the_replica(watched: Watched, standby: Standby) -> None:
    """The list's own statements go to the replica, who asks to the primary; two more than without a replica."""
    watched.caller.city.task(title="供水管网改造")
    assert "供水管网改造" in watched.titles()
    primary, replica = watched.counts()
    watched.database.replica = None
    assert "供水管网改造" in watched.titles()
    alone, none = watched.counts()
    assert (primary + replica, none) == (alone + 2, 0)
    assert replica > 1
    watched.database.replica = watched.replica
    watched.titles()
    assert watched.counts() == (primary, replica), "a constant number"
    assert standby.run("SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'lianban-replica'") is True


@pytest.mark.parametrize(
    "path", ["/items", "/slips", "/meetings", "/allocations", "/disbursements", "/funds", "/city", "/projects"]
)
def test_which_parts_of_the_api_use_it(watched: Watched, path: str) -> None:
    """Lists and the city's figures."""
    assert watched.get(path).status_code == 200
    assert watched.counts()[1] > 1


@pytest.mark.parametrize("path", ["/me", "/inbox", "/tokens", "/items/1"])
def test_what_else_does_not(watched: Watched, path: str) -> None:
    """Who one is, what waits for one, one thing by its number: the primary."""
    watched.get(path)
    assert watched.counts()[0] > 0
    assert watched.counts()[1] == 0


def test_pages_use_it_and_log_in_does_not(watched: Watched) -> None:
    """Log-in, session and the page's frame: the primary; the list: the replica."""
    give_passwords(watched.caller.city.database)
    watched.asked["replica"].clear()
    client = watched.caller.client
    assert Visit(client).log_in("office1").status_code == 303
    assert watched.asked["replica"] == []
    client.get("/tasks")  # a session's first sight may be written, and what follows a write stays
    watched.asked["replica"].clear()
    for path in ("/tasks", "/projects", "/items", "/city", "/slips", "/meetings", "/funds", "/allocations"):
        watched.asked["replica"].clear()
        assert client.get(path).status_code == 200
        assert len(watched.asked["replica"]) > 1, path
        assert not [one for one in watched.asked["replica"] if "web_session" in one]


def test_ones_own_write_is_seen_though_the_replica_stands_still(
    watched: Watched, standby: Standby, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replay is paused, a task made and read at once: from the primary. Resumed: from the replica again."""
    watched.titles()
    monkeypatch.setattr(core, "WAIT_SECONDS", 0.05)
    standby.run("SELECT pg_wal_replay_pause()")
    wait_until(lambda: standby.run("SELECT pg_get_wal_replay_pause_state()") == "paused")
    try:
        watched.caller.city.task(title="新的任务")
        with caplog.at_level(logging.INFO):
            assert "新的任务" in watched.titles()
        assert watched.replica.status == "behind"
        assert all("pg_last_wal_replay_lsn" in one for one in watched.asked["replica"])
        assert "新的任务" in watched.titles()
        assert watched.counts()[1] == 0, "passed over for some seconds"
    finally:
        standby.run("SELECT pg_wal_replay_resume()")
    standby.catch_up()
    monkeypatch.setattr(core, "WAIT_SECONDS", 20.0)
    watched.replica._rests_until = 0.0  # noqa: SLF001  # some seconds later
    with caplog.at_level(logging.INFO):
        assert "新的任务" in watched.titles()
    assert watched.counts()[1] > 1
    said = [record.message for record in caplog.records if record.name == core.__name__]
    assert said == ["the replica is behind and is passed over; the primary serves", "the replica serves again"]


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


def test_nobodys_acknowledged_write_is_missed(watched: Watched, database_url: str) -> None:
    """Others write on connections of their own; what one was told is written, every reader sees, replica or not."""
    served, missed = [0], list[int]()
    database = Database(make_engine(database_url))

    def write_and_read(writer: int) -> None:
        for number in range(30):
            with database.writing() as session:
                session.execute(
                    text("UPDATE person SET name = :name WHERE id = :id"), {"name": f"{number}", "id": writer}
                )
            who = watched.database.look(lambda session: (session.bind, read_name(session, writer)))
            served[0] += who[0] is watched.replica.engine
            if who[1] != f"{number}":
                missed.append(number)

    def read_name(session: Any, writer: int) -> str:  # noqa: ANN401  # a session
        return str(session.execute(text("SELECT name FROM person WHERE id = :id"), {"id": writer}).scalar_one())

    writers = [threading.Thread(target=write_and_read, args=(number,)) for number in (1, 2, 3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)
    database.engine.dispose()
    assert missed == []
    assert served[0] > 0


def test_a_post_reads_from_the_primary_alone(watched: Watched) -> None:
    """Permissions of a write, and whatever its answer reads after it."""
    watched.caller.token("office1")
    watched.asked["replica"].clear()
    task = watched.caller.city.task()
    answer = watched.caller.post("office1", "/views", {"place": "tasks", "name": "我的", "query": "q=1"})
    assert answer.status_code in (201, 404, 405)
    watched.caller.act_on("office1", task, "assign", {})
    assert watched.asked["replica"] == []


def test_what_follows_a_write_in_a_request_stays(watched: Watched) -> None:
    """Within a request that looks: before its write from the replica, after it from the primary; the next is free."""
    database, engines = watched.database, []

    def see() -> None:
        engines.append(database.look(lambda session: session.bind))

    with database.sharing():
        see()
        with database.writing() as session:
            session.execute(text("UPDATE person SET name = 'x' WHERE id = 1"))
        see()
    with database.staying():
        see()
    see()
    assert engines == [watched.replica.engine, database.engine, database.engine, watched.replica.engine]


def test_reports_are_built_from_it(watched: Watched) -> None:
    """The data of a paper of the report centre, in both languages, are read there."""
    watched.caller.city.project()
    with watched.database.reading() as unit:
        actor = find_actor(unit.connection(), watched.caller.city.people["office1"], NOW.date(), NOW)
    assert actor is not None
    watched.asked["replica"].clear()
    job = Job(PAPERS["progress"], Ask(None, "2026-02"), ("zh", "en"), ("pdf",))
    assert set(fill_all(watched.caller.context, actor, job)) == {"zh", "en"}
    assert len(watched.asked["replica"]) > 5


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
