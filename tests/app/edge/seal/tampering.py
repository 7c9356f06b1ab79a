"""Does to a database what only somebody with its own tools can: past the triggers that keep it append-only."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.engine import Connection

from app.core.database import Database
from migrations.triggers import drop_append_only, make_append_only

TABLES = ("audit", "audit_leaf", "audit_node", "audit_key", "audit_head")


@contextmanager
def tampering(database: Database, tables: Sequence[str] = TABLES) -> Iterator[Connection]:
    """Give a connection on which every row of the log and its seal (or of `tables`) can be changed."""
    dialect = database.engine.dialect.name
    with database.engine.connect() as connection:
        if dialect == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        for table in tables:
            for statement in drop_append_only(table, dialect):
                connection.execute(text(statement))
        yield connection
        for table in tables:
            for statement in make_append_only(table, dialect):
                connection.execute(text(statement))
        connection.commit()
        if dialect == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        else:
            connection.execute(text("SET session_replication_role = DEFAULT"))
            connection.commit()


def run(database: Database, *statements: str) -> None:
    """Run statements as somebody with the database's own tools."""
    with tampering(database) as connection:
        for statement in statements:
            connection.execute(text(statement))
