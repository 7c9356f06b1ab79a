"""Engines and units of work for the embedded SQLite and for PostgreSQL.

The edge opens `reading()` or `writing()`, or lets `look` read from the replica; services never commit. SQLite: the
driver's own transactions are off, a unit that writes begins with BEGIN IMMEDIATE, one that reads with a plain BEGIN
(docs/decisions/0002, 0036).
"""

import logging
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import BigInteger, DateTime, Engine, Integer, MetaData, String, create_engine, event, make_url
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from app.core.gate import Gate
from app.core.replica import SESSION_OPTIONS, Replica, ReplicaFailedError, Status, ask_position
from app.core.text import SORT_KEY_MAX
from app.core.watch.statements import watch_statements
from app.core.watch.tally import begin_tally, end_tally

log = logging.getLogger(__name__)

Result = TypeVar("Result")

#: The execution option of connections whose unit of work writes.
WRITES = "lianban_write"

#: An id that both databases count up themselves and never give twice.
Id = BigInteger().with_variant(Integer(), "sqlite")

#: A pinyin key, compared bytewise on both databases.
SortKey = String(SORT_KEY_MAX).with_variant(String(SORT_KEY_MAX, collation="C"), "postgresql")

_BUSY_SECONDS = 15
_RETRIES = 6
#: PostgreSQL: deadlock detected, serialization failure. A lock that was waited for in vain is not tried again.
_RETRIABLE_STATES = frozenset({"40P01", "40001"})


#: The unit in which everything that only reads is read for now.
_shared: ContextVar[Session | None] = ContextVar("lianban_shared", default=None)


#: Whether everything is read from the primary for now.
_stays: ContextVar[bool] = ContextVar("lianban_stays", default=False)


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database is busy or cannot be reached, and nothing of what was asked of it."""
    if not isinstance(error, DBAPIError):
        return False
    return bool(error.connection_invalidated) or type(error).__name__ in ("OperationalError", "InterfaceError")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; refuses naive values (SQLite would give them back shifted)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC; SQLite gets it without the zone, in a form that sorts."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"naive datetime {value!r} has no place in the database"
            raise ValueError(message)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The tables' common root: one naming convention, so that migrations can name every constraint."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def make_insert(connection: Connection, table: Any) -> Any:  # noqa: ANN401  # two dialects' statements, one shape
    """Return an INSERT into a table that may say what happens on a conflict, in the connection's dialect."""
    return postgresql_insert(table) if connection.dialect.name == "postgresql" else sqlite_insert(table)


def read_address(value: str, name: str) -> str:
    """Return a database's address as its driver takes it; ValueError with the setting's `name`, without a password."""
    if value.startswith("postgresql://"):
        return value.replace("postgresql://", "postgresql+psycopg://", 1)
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        shown = value.rsplit("@", maxsplit=1)[-1]
        raise ValueError(f"{name}={shown!r}: expected sqlite:///… or postgresql+psycopg://…")
    return value


def make_engine(url: str, statement_seconds: int = 300) -> Engine:
    """Make the engine for `url`; SQLite gets WAL, foreign keys and explicit transactions.

    On PostgreSQL a lock is waited for 5 seconds, and a statement ends after `statement_seconds` (0: never). What it is
    sent is watched (`app.core.watch`); no error tells of a statement's values.
    """
    engine = _make_engine(url, statement_seconds)
    watch_statements(engine)
    return engine


def _make_engine(url: str, statement_seconds: int) -> Engine:
    if url.startswith("sqlite"):
        _make_private(make_url(url).database)
        connect_args = {"timeout": _BUSY_SECONDS, "check_same_thread": False}
        engine = create_engine(url, hide_parameters=True, connect_args=connect_args)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=False,
        pool_recycle=1800,
        connect_args={
            "options": f"{SESSION_OPTIONS} -c statement_timeout={statement_seconds * 1000}",
            "prepare_threshold": 2,
        },
    )


def _make_private(path: str | None) -> None:
    """Make the file of an embedded database readable by its owner only; the files beside it (WAL) take after it.

    A file that is there keeps what its owner chose; where none can be made, connecting tells why.
    """
    if path and path != ":memory:" and not path.startswith("file:"):
        with suppress(OSError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "recursive_triggers=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """Gives units of work on one engine; some that only read on its replica, where there is one."""

    def __init__(self, engine: Engine, replica: Replica | None = None) -> None:
        self.engine = engine
        self.replica = replica
        self._writer = engine.execution_options(**{WRITES: True})
        self._gate = None if self.is_postgresql else Gate(_lock_path(engine))

    @property
    def is_postgresql(self) -> bool:
        """Whether the database is PostgreSQL (else SQLite)."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a unit that only reads; what it holds is given back at the end (of the sharing, where there is one)."""
        shared = _shared.get()
        if shared is None or shared.bind is not self.engine:
            with self._make_reader() as session:
                yield session
            return
        try:
            yield shared
        except BaseException:
            shared.close()  # what failed in it must not fail whoever reads next
            raise

    def look(self, work: Callable[[Session], Result]) -> Result:
        """Run `work`, which only reads, on the replica once that has all that the primary has now, else as `reading()`.

        `work` must do nothing outside the session, since a replica that fails it makes it run again. Two statements
        more where there is a replica: the primary's position, and whether the replica has come that far.
        """
        replica = self.replica
        if replica is not None and not replica.is_resting and not _stays.get():
            with self.reading() as session:
                position = ask_position(session)
            if position is not None:
                with suppress(ReplicaFailedError), replica.reading(position, self.engine) as found:
                    if found is not None:
                        return work(found)
        with self.reading() as session:
            return work(session)

    def tell_replica(self) -> Status | None:
        """Return whether the replica serves, asked now unless it is passed over; None where there is none."""
        if self.replica is None:
            return None
        self.look(lambda _session: None)
        return self.replica.status

    @contextmanager
    def staying(self) -> Iterator[None]:
        """Let the primary serve everything before the end: for a request that writes, and what follows in it."""
        _stays.set(True)
        try:
            yield
        finally:
            _stays.set(False)

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """Make every reading unit that is opened before the end of this one and the same, begun by the first.

        For a request that only looks: who asks, what the page shows and what stands in its frame are read in one
        transaction instead of three. A unit that writes ends it, so that what it wrote is seen afterwards, and lets the
        primary serve the rest. A database that goes away before the end takes nothing back from whoever was answered.
        """
        session = self._make_reader()
        _shared.set(session)
        try:
            yield
        finally:
            _shared.set(None)
            _stays.set(False)
            _end_reader(session)

    @contextmanager
    def frozen(self) -> Iterator[Connection]:
        """Open a unit that sees one state of everything from its first statement on, however long it reads.

        Nobody waits for it: on PostgreSQL a read-only snapshot (REPEATABLE READ), on SQLite a read transaction.
        """
        engine = self.engine
        if self.is_postgresql:
            engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with engine.connect() as connection, connection.begin():
            if self.is_postgresql:
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            yield connection

    def _make_reader(self) -> Session:
        return Session(self.engine, autoflush=False, expire_on_commit=False)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a unit that writes: commits at the end, rolls everything back on any exception."""
        tally, is_committed = begin_tally(), False
        try:
            with (
                nullcontext() if self._gate is None else self._gate.passed(),
                Session(self._writer, autoflush=False, expire_on_commit=False) as session,
                session.begin(),
            ):
                yield session
            is_committed = True
        finally:
            end_tally(tally, is_committed=is_committed)
        shared = _shared.get()
        if shared is not None and shared.bind is self.engine:
            shared.close()
            _stays.set(True)

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` in a writing unit; a deadlock or a busy database is tried again a few times.

        `work` must do nothing outside the session, since it can run more than once.
        """
        for attempt in range(_RETRIES):
            try:
                with self.writing() as session:
                    return work(session)
            except OperationalError as error:
                if attempt == _RETRIES - 1 or not _is_retriable(error):
                    raise
                log.info("unit of work tried again after %s", error.orig)
                time.sleep(random.uniform(0.01, 0.05) * (attempt + 1))  # noqa: S311  # spreads retries, no secret
        message = "unreachable: the last attempt returns or raises"
        raise AssertionError(message)


def _end_reader(session: Session) -> None:
    """End a session that only read; that its connection is gone is no matter."""
    try:
        session.close()
    except DBAPIError as error:
        if not is_away(error):
            raise
        log.warning("a unit that only read lost its connection: %s", error.orig)
        session.invalidate()


def _lock_path(engine: Engine) -> Path | None:
    name = engine.url.database
    return Path(f"{name}.lock") if name and name != ":memory:" else None


def _is_retriable(error: OperationalError) -> bool:
    state: Any = getattr(error.orig, "sqlstate", None)
    return state in _RETRIABLE_STATES or "database is locked" in str(error.orig)
