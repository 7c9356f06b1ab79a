"""Runs the database revisions on an engine, without a configuration file."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.errors import ConflictError, DomainError, Sentence, UnavailableError

_FOLDER = Path(__file__).resolve().parents[2] / "migrations"
#: PostgreSQL: a lock was waited for in vain; a statement took longer than it may.
_LOCKED, _TOO_LONG = "55P03", "57014"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a revision waits on PostgreSQL: for one table's lock, and for one statement; 0: without an end."""

    lock_seconds: int = 5
    statement_seconds: int = 3600


def make_config(connection: Connection, patience: Patience = Patience()) -> Config:
    """Return Alembic's configuration for `connection`."""
    config = _make_config()
    config.attributes["connection"] = connection
    config.attributes["patience"] = patience
    return config


def _make_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("recursive_version_locations", "true")  # revisions lie in folders, a dozen in each
    return config


def read_revision(connection: Connection) -> str | None:
    """Return the revision at which the database stands; None for one without any."""
    heads = MigrationContext.configure(connection).get_current_heads()
    return ",".join(sorted(heads)) or None


def is_upgraded(connection: Connection) -> bool:
    """Whether the database stands at this release's revision."""
    return is_head(read_revision(connection))


def is_head(revision: str | None) -> bool:
    """Whether a revision is this release's."""
    return revision in _list_heads()


@cache
def _list_heads() -> frozenset[str]:
    """Return this release's revision: read once, since no file of a running release changes."""
    return frozenset(ScriptDirectory.from_config(_make_config()).get_heads())


@cache
def list_revisions() -> tuple[str, ...]:
    """Return the revisions that this release knows, oldest first."""
    script = ScriptDirectory.from_config(_make_config())
    return tuple(reversed([one.revision for one in script.walk_revisions()]))


def require_known(revision: str | None) -> None:
    """Raise ConflictError for a revision that this release does not know: a later release's, or none of ours."""
    if is_unknown(revision):
        raise ConflictError("revision_unknown", tell_unknown(revision))


def is_unknown(revision: str | None) -> bool:
    """Whether a revision is none that this release knows; a database without any is not meant."""
    return revision is not None and revision not in list_revisions()


def tell_unknown(revision: str | None) -> Sentence:
    """Say that a database is of a later release."""
    last = list_revisions()[-1]
    return Sentence(
        f"数据库版本{revision}不是本版本所知（本版本到{last}为止）：请使用更新的版本。",
        f"Revision {revision} is unknown to this release, which knows up to {last}: use a newer release.",
    )


def upgrade(database: Database, revision: str = "head", patience: Patience = Patience()) -> None:
    """Bring the database up to `revision`, wholly or not at all.

    ConflictError when it stands at an unknown revision; UnavailableError when somebody held a table for too long.
    """
    _run(database, lambda session: upgrade_within(session.connection(), revision, patience))


def upgrade_within(connection: Connection, revision: str, patience: Patience = Patience()) -> None:
    """Do the same within a unit of work that the caller opened for writing."""
    require_known(read_revision(connection))
    command.upgrade(make_config(connection, patience), revision)


def downgrade(database: Database, revision: str, patience: Patience = Patience()) -> None:
    """Take the database back to `revision`, wholly or not at all; ConflictError names what cannot go back."""

    def work(session: Session) -> None:
        require_known(read_revision(session.connection()))
        try:
            command.downgrade(make_config(session.connection(), patience), revision)
        except CommandError as error:
            raise _name_unknown(revision) from error

    _run(database, work)


def _name_unknown(revision: str) -> DomainError:
    said = Sentence(f"没有可以退回的版本{revision}。", f"There is no revision {revision} to go back to.")
    return ConflictError("revision_unknown", said)


def _run(database: Database, work: Callable[[Session], None]) -> None:
    try:
        with database.writing() as session:
            if not database.is_postgresql:
                # Batch operations copy tables; the keys are checked again by every later unit of work.
                session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            work(session)
    except DBAPIError as error:
        if (told := _tell_waiting(error)) is not None:
            raise told from error
        raise


def _tell_waiting(error: DBAPIError) -> UnavailableError | None:
    """Return what a lock or a statement that took too long means; None for anything else."""
    state, at = getattr(error.orig, "sqlstate", None), " ".join((error.statement or "").split())[:80]
    if state == _LOCKED:
        return UnavailableError(
            "upgrade_locked",
            Sentence(
                f"数据库的表正被其他进程占用（{at}）：什么也没有改变。请停止网页、任务进程后重试。",
                f"A table is in use by another process ({at}): nothing was changed. Stop web and scheduler, try again.",
            ),
        )
    if state == _TOO_LONG:
        return UnavailableError(
            "upgrade_too_long",
            Sentence(
                f"语句超过时限（{at}）：什么也没有改变。可调大LIANBAN_UPGRADE_STATEMENT_SECONDS后重试。",
                f"A statement took too long ({at}): nothing was changed. Raise LIANBAN_UPGRADE_STATEMENT_SECONDS.",
            ),
        )
    return None
