"""Alembic's environment: runs on the engine that the caller hands over in `attributes`."""

from typing import Any

from alembic import context
from sqlalchemy.engine import Connection

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
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
