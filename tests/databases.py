"""Databases for tests: each test gets a fresh copy of one that was upgraded once in the process."""

import itertools
import os
import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine, text

from app.core.database import Database, make_engine
from app.core.migration import upgrade
from app.services.calendar_files import read_shipped_tables
from app.services.upgrade import store_rules
from tests.postgres import make_database, server_url

_NUMBERS = itertools.count(1)
UPGRADED_AT = datetime(2025, 12, 1, tzinfo=UTC)


def prepare(database: Database) -> None:
    """Upgrade `database` and store the rules."""
    upgrade(database)
    with database.writing() as session:
        store_rules(session.connection(), UPGRADED_AT, read_shipped_tables())


@cache
def _sqlite_template(folder: Path) -> Path:
    path = folder / "template.sqlite3"
    database = Database(make_engine(f"sqlite:///{path}"))
    prepare(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.engine.dispose()
    return path


def copy_sqlite(folder: Path) -> str:
    """Return the address of a fresh upgraded SQLite database in `folder` (one folder a test process)."""
    path = folder / f"copy-{next(_NUMBERS)}.sqlite3"
    shutil.copy(_sqlite_template(folder), path)
    return f"sqlite:///{path}"


@cache
def _postgresql_template() -> str:
    name = f"template_{os.getpid()}"
    database = Database(make_engine(make_database(name)))
    prepare(database)
    database.engine.dispose()
    return name


def copy_postgresql() -> str:
    """Return the address of a fresh upgraded PostgreSQL database."""
    name = f"copy_{os.getpid()}_{next(_NUMBERS)}"
    template = _postgresql_template()
    base = server_url()
    engine = create_engine(base, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY = FILE_COPY'))
    engine.dispose()
    head, _, query = base.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


def drop_postgresql(url: str) -> None:
    """Drop a copy, so that a long run does not fill the disk."""
    name = url.partition("?")[0].rsplit("/", 1)[1]
    engine = create_engine(server_url(), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()
