"""Databases for tests: each test gets a fresh copy of one that was upgraded (and filled) once in the process.

All applications of a process have the same data keys, since all begin from such copies.
"""

import itertools
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from app.core.database import Database, make_engine
from app.core.migration import upgrade
from app.core.ring import AES, RingFile, open_ring
from app.core.sealing import choose_ring
from app.services.calendar_files import read_shipped_tables
from app.services.upgrade import store_rules
from tests.postgres import make_database, make_folder, run_on_server

_NUMBERS = itertools.count(1)
UPGRADED_AT = datetime(2025, 12, 1, tzinfo=UTC)


def prepare(database: Database) -> None:
    """Upgrade `database` and store the rules."""
    upgrade(database)
    with database.writing() as session:
        store_rules(session.connection(), UPGRADED_AT, read_shipped_tables())


#: Writes into an upgraded database what a test begins with, and returns what must be known of it (ids).
Fill = Callable[[Database], Any]


def _begin(database: Database, fill: Fill | None) -> Any:  # noqa: ANN401  # what `fill` returns
    if fill is not None:
        return fill(database)
    prepare(database)
    return None


@cache
def _sqlite_template(folder: Path, fill: Fill | None) -> tuple[Path, Any]:
    path = folder / f"template-{next(_NUMBERS)}.sqlite3"
    if fill is not None:
        shutil.copy(_sqlite_template(folder, None)[0], path)
    database = Database(make_engine(f"sqlite:///{path}"))
    known = _begin(database, fill)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.engine.dispose()
    return path, known


def copy_sqlite(folder: Path) -> str:
    """Return the address of a fresh upgraded SQLite database in `folder` (one folder a test process)."""
    return copy_filled_sqlite(folder, None)[0]


def copy_filled_sqlite(folder: Path, fill: Fill | None) -> tuple[str, Any]:
    """Return the address of a fresh SQLite database that `fill` has filled, and what it returned then.

    What `fill` returns is one and the same for all copies: whoever changes it takes a copy first.
    """
    template, known = _sqlite_template(folder, fill)
    path = folder / f"copy-{next(_NUMBERS)}.sqlite3"
    shutil.copy(template, path)
    return f"sqlite:///{path}", known


def drop_sqlite(url: str) -> None:
    """Delete a copy and the files beside it: the folder may be in memory."""
    path = Path(url.removeprefix("sqlite:///"))
    for ending in ("", "-wal", "-shm", ".lock"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


@cache
def _postgresql_template(fill: Fill | None) -> tuple[str, Any]:
    name = f"template_{os.getpid()}_{next(_NUMBERS)}"
    address = make_database(name, None if fill is None else _postgresql_template(None)[0])
    database = Database(make_engine(address))
    known = _begin(database, fill)
    database.engine.dispose()
    return name, known


def copy_postgresql() -> str:
    """Return the address of a fresh upgraded PostgreSQL database."""
    return copy_filled_postgresql(None)[0]


def copy_filled_postgresql(fill: Fill | None) -> tuple[str, Any]:
    """Return the address of a fresh PostgreSQL database that `fill` has filled, and what it returned then."""
    template, known = _postgresql_template(fill)
    return make_database(f"copy_{os.getpid()}_{next(_NUMBERS)}", template), known


def drop_postgresql(url: str) -> None:
    """Drop a copy, so that a long run does not fill the disk."""
    name = url.partition("?")[0].rsplit("/", 1)[1]
    run_on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


#: The secret key of the tests' installations.
SECRET_KEY = "k" * 40


@cache
def ring_path() -> Path:
    """Return the file of this process's data keys."""
    return open_ring("", make_folder("ring"), AES, UPGRADED_AT).path


def settings_of(url: str, folder: Path) -> dict[str, str]:
    """Return the variables of an installation on a test's database, with the keys that sealed it."""
    return {
        "LIANBAN_DATABASE_URL": url, "LIANBAN_VAR": str(folder), "LIANBAN_SECRET_KEY": SECRET_KEY,
        "LIANBAN_DATA_KEYS": str(ring_path()), "LIANBAN_RATE_LIMIT": "off",
    }  # fmt: skip


def open_shared(named: str, var: Path, algorithm: str, now: datetime) -> RingFile:
    """Stand in for `open_ring`: without a name the tests' keys instead of new ones for each folder."""
    return open_ring(named or str(ring_path()), var, algorithm, now)


def use_ring() -> RingFile:
    """Let this process seal and open with the tests' keys."""
    ring = RingFile(ring_path())
    choose_ring(ring, SECRET_KEY)
    return ring
