"""Locks that one process holds at a time: the `scheduler` lease for its life, `sweep` and `seal` for one pass each.

PostgreSQL: a session advisory lock on an AUTOCOMMIT connection of its own, outside the pool (taken through the pool
it would stay held after the connection went back). SQLite: a file lock beside the database file. Both fall when
their process dies. A lock can be lost (the connection is cut, the file removed): whoever holds one asks
`still_held()` now and then and takes it anew.
"""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, Protocol

from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from app.core.database import Database
from app.core.errors import Sentence, UnavailableError

log = logging.getLogger(__name__)

Name = Literal["scheduler", "sweep", "seal"]

#: The class of Lianban's advisory locks ("LB"), and the number of each.
_CLASS = 0x4C42
_NUMBERS: dict[Name, int] = {"scheduler": 1, "sweep": 2, "seal": 3}
_POLL_SECONDS = 0.2
_KEEPALIVE = {"keepalives": 1, "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}

Stop = Callable[[], bool]


def _never() -> bool:
    return False


class Lease(Protocol):
    """A lock that this object holds or does not; not shared between threads."""

    def try_take(self) -> bool:
        """Take the lock if it is free; whether it is held now."""
        ...

    def still_held(self) -> bool:
        """Whether the lock is really held now; False also when that cannot be known."""
        ...

    def release(self) -> None:
        """Give the lock back, if it is held."""
        ...


class PostgresLease:
    """An advisory lock of one session."""

    def __init__(self, engine: Engine, name: Name) -> None:
        self._engine = create_engine(
            engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=dict(_KEEPALIVE)
        )
        self._key = {"class": _CLASS, "number": _NUMBERS[name]}
        self._connection: Connection | None = None

    def try_take(self) -> bool:
        """Take the lock if it is free; whether it is held now."""
        if self._connection is not None:
            if self.still_held():
                return True
            self.release()
        connection = None
        try:
            connection = self._engine.connect()
            taken = bool(connection.execute(text("SELECT pg_try_advisory_lock(:class, :number)"), self._key).scalar())
        except DBAPIError as error:
            log.warning("the lock cannot be asked for: %s", error.orig)
            taken = False
        if taken:
            self._connection = connection
        elif connection is not None:
            _close(connection)
        return taken

    def still_held(self) -> bool:
        """Whether the lock is really held now; False also when that cannot be known."""
        if self._connection is None:
            return False
        statement = text(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"
            " AND classid = :class AND objid = :number"
        )
        try:
            return self._connection.execute(statement, self._key).scalar() == 1
        except DBAPIError:
            self.release()
            return False

    def release(self) -> None:
        """Give the lock back by closing its connection."""
        if self._connection is not None:
            _close(self._connection)
            self._connection = None


def _close(connection: Connection) -> None:
    with suppress(DBAPIError):
        connection.invalidate()
    with suppress(DBAPIError):
        connection.close()


class FileLease:
    """A lock on a file beside the database file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def try_take(self) -> bool:
        """Take the lock if it is free; whether it is held now."""
        if self._descriptor is not None:
            if self.still_held():
                return True
            self.release()
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return self.still_held() or self._give_up()

    def _give_up(self) -> bool:
        # The file was removed between opening and locking: somebody else may hold its successor.
        self.release()
        return False

    def still_held(self) -> bool:
        """Whether the lock is really held now: the file that is locked is the one that others would lock."""
        if self._descriptor is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._descriptor), self._path.stat())
        except OSError:
            return False

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def make_lease(database: Database, name: Name) -> Lease:
    """Make the lock `name` of `database`, not taken yet; UnavailableError for a database without a file."""
    if database.is_postgresql:
        return PostgresLease(database.engine, name)
    file = database.engine.url.database
    if not file or file == ":memory:":
        raise UnavailableError(
            "no_file", Sentence("内存数据库不能加锁。", "A database in memory has no file beside which to lock.")
        )
    return FileLease(Path(f"{file}.{name}.lock"))


def take(lease: Lease, stopped: Stop = _never, wait_seconds: float | None = None) -> bool:
    """Wait for the lock: until it is taken, `stopped()` says so, or `wait_seconds` are over; whether it is held."""
    deadline = None if wait_seconds is None else time.monotonic() + wait_seconds
    pause = threading.Event()
    while not lease.try_take():
        if stopped() or (deadline is not None and time.monotonic() >= deadline):
            return False
        pause.wait(_POLL_SECONDS)
    return True


@contextmanager
def held(database: Database, name: Name, stopped: Stop = _never, wait_seconds: float | None = None) -> Iterator[Lease]:
    """Hold the lock `name` for a while; UnavailableError when it did not become free in time."""
    lease = make_lease(database, name)
    if not take(lease, stopped, wait_seconds):
        raise UnavailableError(
            "busy", Sentence("另一进程正在运行，请稍后再试。", "Another process is at it; try again later.")
        )
    try:
        yield lease
    finally:
        lease.release()
