"""Alembic's environment: runs on the engine that the caller hands over in `attributes`."""

from typing import Any

from alembic import context
from sqlalchemy.engine import Connection

from app.core.migration import Patience
from app.models import Base


def run(connection: Connection) -> None:
    """Run the revisions on `connection`, all of them in one transaction."""
    options: dict[str, Any] = {
        "connection": connection,
        "target_metadata": Base.metadata,
        "render_as_batch": connection.dialect.name == "sqlite",
        "compare_type": True,
    }
    context.configure(**options)
    if connection.dialect.name == "postgresql":
        _limit(connection, context.config.attributes["patience"])
    with context.begin_transaction():
        context.run_migrations()


def _limit(connection: Connection, patience: Patience) -> None:
    """Let the revisions wait no longer than they may: who waits for a table's lock holds up all who come after."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience.lock_seconds}s'")
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{patience.statement_seconds}s'")


run(context.config.attributes["connection"])
