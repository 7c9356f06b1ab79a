"""Reads tables row by row in the order of their keys, the same on both databases; one state, if its unit sees one."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, collate, func, inspect, select, text
from sqlalchemy.engine import Connection

from app.core.backup.errors import BackupError
from app.core.errors import Sentence
from app.models import Base
from app.services.backup.kinds import ColumnSpec, RowError, TableSpec, describe_table, write_row
from app.services.backup.manifest import TableSum

#: Rows that are fetched at once.
_FETCH = 2000


def describe_tables(connection: Connection) -> tuple[TableSpec, ...]:
    """Return the product's own tables that the database has, whatever else lies in it."""
    present = set(inspect(connection).get_table_names())
    return tuple(describe_table(table) for table in Base.metadata.sorted_tables if table.name in present)


def read_lines(connection: Connection, spec: TableSpec) -> Iterator[str]:
    """Yield a table's rows as lines, ordered by its key; never more than a few of them in memory."""
    with connection.execute(_select_all(connection, spec), execution_options={"yield_per": _FETCH}) as rows:
        for row in rows:
            try:
                yield write_row(spec, row)
            except RowError as error:
                raise misfit(spec.name, "", str(error)) from None


def misfit(table: str, row: str, fault: str) -> BackupError:
    """Return the error for a row that cannot be carried over, `row` empty where its place is not known."""
    said = Sentence(
        f"表{table}{row}有无法转存的值：{fault}。", f"Table {table}{row} holds what cannot be kept: {fault}."
    )
    return BackupError("backup_row", said)


def find_broken_reference(connection: Connection, specs: Iterable[TableSpec]) -> Sentence | None:
    """Return what is to be said of the first row that points to one that is not there, None when all do.

    PostgreSQL lets none be; a SQLite file can hold them, once somebody wrote into it who does not check them.
    """
    if connection.dialect.name == "postgresql":
        return None
    names = {spec.name for spec in specs}
    found = connection.exec_driver_sql("PRAGMA foreign_key_check")
    broken = next((row for row in found if row[0] in names), None)
    if broken is None:
        return None
    return Sentence(
        f"表{broken[0]}第{broken[1]}号指向表{broken[2]}中不存在的行。",
        f"Row {broken[1]} of {broken[0]} points to a row of {broken[2]} that is not there.",
    )


def _select_all(connection: Connection, spec: TableSpec) -> Any:  # noqa: ANN401  # a select of any columns
    table, is_postgresql = spec.make_table(), connection.dialect.name == "postgresql"
    kinds = {column.name: column.kind for column in spec.columns}

    def show(column: ColumnSpec) -> ColumnElement[Any]:
        found = table.c[column.name]
        return cast(found, Text) if column.kind == "json" and is_postgresql else found

    def place(name: str) -> ColumnElement[Any]:
        is_text = kinds[name] == "text"
        return collate(table.c[name], "C") if is_text and is_postgresql else table.c[name]

    return select(*(show(column) for column in spec.columns)).order_by(*(place(name) for name in spec.key))


class Counter:
    """Counts the lines of one table and hashes them."""

    def __init__(self) -> None:
        self.rows, self._digest = 0, hashlib.sha256()

    def add(self, line: str) -> None:
        """Take in one line."""
        self.rows += 1
        self._digest.update(line.encode())
        self._digest.update(b"\n")

    def sum_up(self, last_id: int | None) -> TableSum:
        """Return what was counted."""
        return TableSum(self.rows, self._digest.hexdigest(), last_id)


def sum_table(connection: Connection, spec: TableSpec) -> TableSum:
    """Return the sum of a table as it stands."""
    counter = Counter()
    for line in read_lines(connection, spec):
        counter.add(line)
    return counter.sum_up(read_last_id(connection, spec))


def read_last_id(connection: Connection, spec: TableSpec) -> int | None:
    """Return the highest id that a table ever gave, which may be gone; None where nothing counts them up."""
    if len(spec.key) != 1:
        return None
    if connection.dialect.name == "postgresql":
        sequence = connection.execute(
            select(func.pg_get_serial_sequence(f'"{spec.name}"', spec.key[0]))
        ).scalar_one_or_none()
        if sequence is None:
            return None
        last, is_called = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608  # the database's own name, quoted by it
        return int(last) if is_called else 0
    if not counts_up(connection, spec.name):
        return None
    statement = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return int(connection.execute(statement, {"name": spec.name}).scalar_one_or_none() or 0)


def counts_up(connection: Connection, table: str) -> bool:
    """Whether a table of SQLite never gives an id twice (AUTOINCREMENT)."""
    statement = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    return "AUTOINCREMENT" in str(connection.execute(statement, {"name": table}).scalar_one_or_none())


def list_columns(connection: Connection, table: str) -> set[str]:
    """Return the names of a table's columns as the database has them; none when there is no such table."""
    found: Sequence[Any] = inspect(connection).get_columns(table) if inspect(connection).has_table(table) else ()
    return {one["name"] for one in found}
