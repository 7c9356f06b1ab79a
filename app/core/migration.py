"""Runs the database revisions on an engine, without a configuration file."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.core.database import Database

_FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def make_config(connection: Connection) -> Config:
    """Return Alembic's configuration for `connection`."""
    config = _make_config()
    config.attributes["connection"] = connection
    return config


def _make_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("recursive_version_locations", "true")  # revisions lie in folders, a dozen in each
    return config


def is_upgraded(connection: Connection) -> bool:
    """Whether the database stands at this release's revision."""
    return set(MigrationContext.configure(connection).get_current_heads()) == _list_heads()


@cache
def _list_heads() -> frozenset[str]:
    """Return this release's revision: read once, since no file of a running release changes."""
    return frozenset(ScriptDirectory.from_config(_make_config()).get_heads())


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database up to `revision`."""
    _run(database, lambda session: command.upgrade(make_config(session.connection()), revision))


def downgrade(database: Database, revision: str) -> None:
    """Take the database back to `revision`."""
    _run(database, lambda session: command.downgrade(make_config(session.connection()), revision))


def _run(database: Database, work: Callable[[Session], None]) -> None:
    with database.writing() as session:
        if not database.is_postgresql:
            # Batch operations copy tables; the keys are checked again by every later unit of work.
            session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        work(session)
