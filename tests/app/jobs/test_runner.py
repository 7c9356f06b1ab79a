"""The scheduler's process: the table of the day, what was missed, failures, the lease."""

import ast
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as wall_clock
from pathlib import Path
from threading import Event, Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, text

from app.core.clock import FixedClock, SystemClock
from app.core.database import Database, make_engine
from app.core.lease import make_lease
from app.jobs.runner import Rhythm, Scheduling, Steadiness, run_scheduler
from app.jobs.table import JOBS, Daily, Every, Job
from app.jobs.tools import Tools
from app.queries.job import last_runs
from app.services.escalation.job_run import beat, finish_run, start_run
from app.services.rulebook import Rulebook
from tests.city import NOW
from tests.sweeping import SHANGHAI, local
from workflows.words import Text

ROOT = Path(__file__).resolve().parents[3]
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
GRACE = timedelta(days=1)
WORD = Text("任务", "job")


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until `condition` holds; AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@contextmanager
def serving(tools: Tools, jobs: tuple[Job, ...], again: timedelta = timedelta(seconds=0.2)) -> Iterator[Event]:
    """Run the scheduler in a thread for a while."""
    stop = Event()
    thread = Thread(
        target=run_scheduler, args=(tools, stop), kwargs={"jobs": jobs, "tick_seconds": 0.1, "again": again}
    )
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def test_the_table_is_whole() -> None:
    """One table of the whole day: names unique, every job described and with a grace."""
    assert len({job.name for job in JOBS}) == len(JOBS)
    for job in JOBS:
        assert job.run.__doc__
        assert job.grace > timedelta()


def test_the_last_instant_of_a_rhythm() -> None:
    """Times are the city's: a quarter of an hour, and 09:00 in Shanghai."""
    now = local(2026, 3, 2, 9, 40)
    assert Every(15).latest(now, SHANGHAI) == local(2026, 3, 2, 9, 30)
    assert Every(60).latest(now, SHANGHAI) == local(2026, 3, 2, 9)
    assert Daily(wall_clock(9)).latest(now, SHANGHAI) == local(2026, 3, 2, 9)
    assert Daily(wall_clock(10)).latest(now, SHANGHAI) == local(2026, 3, 1, 10)
    assert Every(15).next_after(now, SHANGHAI) == local(2026, 3, 2, 9, 45)
    assert Every(15).next_after(local(2026, 3, 2, 9, 45), SHANGHAI) == local(2026, 3, 2, 10)
    assert Daily(wall_clock(10)).next_after(now, SHANGHAI) == local(2026, 3, 2, 10)
    with pytest.raises(ValueError, match="do not divide"):
        Every(7)


def test_p23_a_day_is_not_skipped_by_a_clock_change() -> None:
    """P23: daily at midnight in Los Angeles, 2022-03-13 00:00:07: next 2022-03-14 00:00; Shanghai: exact days."""
    daily = Daily(wall_clock(0))
    now = datetime(2022, 3, 13, 0, 0, 7, tzinfo=LOS_ANGELES)
    after = datetime(2022, 3, 14, tzinfo=LOS_ANGELES)
    assert _rhythm(daily, LOS_ANGELES).get_next_fire_time(None, now) == after
    assert _rhythm(daily, LOS_ANGELES).get_next_fire_time(after, after) == datetime(2022, 3, 15, tzinfo=LOS_ANGELES)
    assert daily.latest(now, LOS_ANGELES) == datetime(2022, 3, 13, tzinfo=LOS_ANGELES)
    assert daily.latest(after, LOS_ANGELES) - daily.latest(now, LOS_ANGELES) == timedelta(hours=23)
    at = datetime(2022, 3, 1, tzinfo=SHANGHAI)
    for _ in range(60):
        following = _rhythm(daily, SHANGHAI).get_next_fire_time(at, at)
        assert following - at == timedelta(hours=24)
        at = following


def _rhythm(when: Every | Daily, zone: ZoneInfo) -> Rhythm:
    return Rhythm(Job("any", when, lambda _tools, _at: "", GRACE, WORD, WORD), zone)


def test_p21_a_missed_run_is_made_up_once_and_dated_with_its_day(
    database: Database, book: Rulebook, caplog: pytest.LogCaptureFixture
) -> None:
    """P21: daily 09:00, down 08:50-09:40 (and for days before): one run, dated 09:00, its delay logged and shown."""
    ran: list[datetime] = []

    def run(_tools: Tools, due_at: datetime) -> str:
        """Note the day."""
        ran.append(due_at)
        return "ran"

    job = Job("daily", Daily(wall_clock(9)), run, GRACE, WORD, WORD)
    now = local(2026, 3, 5, 9, 40)
    tools = Tools(database, book, FixedClock(now))
    with database.writing() as session:
        start_run(session, "daily", local(2026, 3, 2), local(2026, 3, 2))
        finish_run(session, "daily", local(2026, 3, 2), outcome="done", message="")
    with caplog.at_level(logging.WARNING), serving(tools, (job,)):
        wait_for(lambda: bool(ran))
        time.sleep(0.5)
    with serving(tools, (job,)):
        time.sleep(0.5)
    assert ran == [local(2026, 3, 5, 9)]
    assert "by 40 minutes" in caplog.text
    with database.reading() as session:
        view = last_runs(session, now).runs[0]
    assert (view.job, view.due_at, view.outcome, view.late) == ("daily", ran[0], "done", timedelta(minutes=40))


def test_p21_too_late_is_not_made_up(database: Database, book: Rulebook) -> None:
    """A run is made up only within its grace; a failed or broken-off one is owed again."""
    job = Job("daily", Daily(wall_clock(9)), lambda _tools, _at: "", timedelta(minutes=30), WORD, WORD)
    tools = Tools(database, book, FixedClock(local(2026, 3, 5, 9, 40)))
    assert Scheduling(tools, (job,)).missed() == []
    owed = replace(job, grace=GRACE)
    assert Scheduling(tools, (owed,)).missed() == [(owed, local(2026, 3, 5))]
    with database.writing() as session:
        start_run(session, "daily", local(2026, 3, 5), local(2026, 3, 5))
    assert Scheduling(tools, (owed,)).missed() == [(owed, local(2026, 3, 5))]


def test_p109_a_failed_run_is_tried_again_by_itself(database: Database, book: Rulebook) -> None:
    """P109: the database's connections are cut under a job: it runs again by itself, the heartbeat goes on."""
    ran: list[datetime] = []

    def run(tools: Tools, due_at: datetime) -> str:
        """Break the pool's connections the first time."""
        ran.append(due_at)
        if len(ran) == 1:
            _cut_pool(database)
            with tools.database.reading() as session:
                session.execute(text("SELECT 1"))
                raise RuntimeError("the first time it fails")
        return "ran"

    job = Job("daily", Daily(wall_clock(9)), run, GRACE, WORD, WORD)
    tools = Tools(database, book, SystemClock())
    with serving(tools, (job,)):
        wait_for(lambda: len(ran) > 1)
        wait_for(lambda: _outcome(database, "daily") == "done")
        with database.reading() as session:
            assert last_runs(session, tools.clock.now()).is_alive
    assert ran[0] == ran[1]
    with database.reading() as session:
        assert not last_runs(session, tools.clock.now()).is_alive


def _cut_pool(database: Database) -> None:
    """End every connection to a PostgreSQL database but the one that does it."""
    if not database.is_postgresql:
        return
    engine = create_engine(database.engine.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()


def _outcome(database: Database, job: str) -> str | None:
    with database.reading() as session:
        return {view.job: view.outcome for view in last_runs(session, NOW).runs}.get(job)


def test_p109_an_old_heartbeat_is_none(database: Database) -> None:
    """P109: a heartbeat older than three minutes turns the health page red, and so does none at all."""
    with database.reading() as session:
        assert not last_runs(session, NOW).is_alive
    with database.writing() as session:
        beat(session, NOW, NOW)
    with database.reading() as session:
        assert last_runs(session, NOW + timedelta(minutes=3)).is_alive
        late = last_runs(session, NOW + timedelta(minutes=4))
        assert not last_runs(session, NOW - timedelta(hours=1)).is_alive, "a clock that was ahead wrote it"
    assert (late.is_alive, late.heard_at, late.runs) == (False, NOW, ())


def test_a_lost_lease_ends_running_jobs_and_is_taken_anew(database: Database, book: Rulebook) -> None:
    """DESIGN 4: lost: running jobs stop and the lease is taken anew; what was broken off is made up."""
    ran: list[str] = []

    def run(tools: Tools, _due_at: datetime) -> str:
        """Work until told to stop, the first time."""
        ran.append("begun")
        if len(ran) == 1:
            _lose(database)
            wait_for(tools.stopped)
        return "ended"

    job = Job("daily", Daily(wall_clock(9)), run, GRACE, WORD, WORD)
    with serving(Tools(database, book, SystemClock()), (job,)):
        wait_for(lambda: len(ran) > 1)
        wait_for(lambda: _outcome(database, "daily") == "done")
    other = make_lease(database, "scheduler")
    assert other.try_take()
    other.release()


def test_a_clock_that_is_put_has_everything_scheduled_anew(database: Database, book: Rulebook) -> None:
    """Put forward past the time of a job, the job is made up at once; nobody waits for what was planned before."""
    ran: list[datetime] = []

    def run(_tools: Tools, due_at: datetime) -> str:
        """Note the day."""
        ran.append(due_at)
        return "ran"

    job = Job("daily", Daily(wall_clock(9)), run, GRACE, WORD, WORD)
    clock = FixedClock(local(2026, 3, 2, 8))
    with serving(Tools(database, book, clock), (job,)):
        wait_for(lambda: ran == [local(2026, 3, 1, 9)])
        wait_for(lambda: _outcome(database, "daily") == "done")
        clock.set(local(2026, 3, 2, 9, 30))
        wait_for(lambda: ran[1:] == [local(2026, 3, 2, 9)])


def test_a_clock_that_goes_as_time_passes_was_not_put() -> None:
    """Neither a clock that goes nor one that is a little off; a minute forward or back was put, once."""
    clock = FixedClock(NOW)
    steady = Steadiness(clock)
    assert not steady.was_put()
    clock.set(NOW + timedelta(seconds=50))
    assert not steady.was_put()
    for put in (timedelta(hours=5), timedelta(hours=-5)):
        clock.set(clock.now() + put)
        assert steady.was_put()
        assert not steady.was_put()


def _lose(database: Database) -> None:
    if database.is_postgresql:
        _cut_pool(database)
    else:
        Path(f"{database.engine.url.database}.scheduler.lock").unlink()


SCRIPT = """
import signal, sys
from datetime import datetime, timedelta, UTC
from threading import Event
from zoneinfo import ZoneInfo
from app.core.clock import SystemClock
from app.core.database import Database, make_engine
from app.jobs.runner import run_scheduler
from app.jobs.table import Every, Job
from app.jobs.tools import Tools
from app.services.rulebook import Rulebook
from workflows.hours import Hours
from workflows.words import Text
stop = Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
def run(tools, due_at):
    print("ran", sys.argv[2], due_at.isoformat(), flush=True)
    return "ran"
tools = Tools(Database(make_engine(sys.argv[1])), Rulebook(ZoneInfo("Asia/Shanghai"), Hours()), SystemClock())
print("up", flush=True)
word = Text("任务", "job")
run_scheduler(tools, stop, jobs=(Job("tick", Every(60), run, timedelta(days=1), word, word),), tick_seconds=0.2)
print("down", flush=True)
"""


def _start(url: str, name: str, folder: Path) -> tuple["subprocess.Popen[bytes]", Path]:
    out = folder / f"{name}.out"
    with out.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, url, name], cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, env=os.environ
        )
    return process, out


def test_p19_of_two_scheduler_processes_the_second_waits(database_url: str, tmp_path: Path) -> None:
    """P19: two real processes on one database: one runs the jobs; killed, the other takes over; SIGTERM ends it."""
    first, first_out = _start(database_url, "first", tmp_path)
    try:
        wait_for(lambda: b"ran" in first_out.read_bytes())
        second, second_out = _start(database_url, "second", tmp_path)
        try:
            wait_for(lambda: b"up" in second_out.read_bytes())
            time.sleep(1.5)
            assert b"ran" not in second_out.read_bytes()
            first.kill()
            first.wait(10)
            database = Database(make_engine(database_url))
            wait_for(lambda: _heard_after(database, datetime.now(UTC) - timedelta(seconds=5)))
            database.engine.dispose()
            second.send_signal(signal.SIGTERM)
            assert second.wait(20) == 0
            assert second_out.read_bytes().endswith(b"down\n")
            assert b"ran" not in second_out.read_bytes().replace(b"ran second", b"", 1)
        finally:
            second.kill()
            second.wait(10)
    finally:
        first.kill()
        first.wait(10)


def _heard_after(database: Database, at: datetime) -> bool:
    with database.reading() as session:
        heard_at = last_runs(session, NOW).heard_at
    return heard_at is not None and heard_at > at


def test_p19_p20_only_the_scheduler_process_schedules() -> None:
    """P19, P20: no module that a web worker runs imports APScheduler; only jobs.runner does."""
    importers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any("apscheduler" in name for name in (getattr(node, "module", None) or "", *(a.name for a in node.names)))
    }
    assert importers == {"app/jobs/runner.py"}
    starters = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "app").rglob("*.py")
        if "run_scheduler(" in path.read_text(encoding="utf-8")
    }
    assert starters == {"app/jobs/runner.py", "app/commands/scheduler.py"}
