"""What is read from a replica, and that nobody misses a write: a real standby that is in step, or stands still."""

import logging
import threading
from typing import Any

import pytest
from sqlalchemy import text

from app.core import replica as core
from app.core.database import Database, make_engine
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.kind import Ask
from app.edge.report_centre.making import Job, fill_all
from app.policy.people import find_actor
from tests.app.edge.replica.conftest import Watched
from tests.app.pages.conftest import Visit, give_passwords
from tests.city import NOW
from tests.servers.standby import Standby, wait_until


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
