"""Puts rows into the empty tables of a revision: ids stay, references are checked as a whole, counters go on behind."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Column, MetaData, Table, Text, bindparam, cast, func, inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from app.core.backup.errors import BackupError
from app.core.errors import Sentence
from app.services.backup.kinds import RowError, TableSpec, check_fit, read_row
from app.services.backup.manifest import TableSum
from app.services.backup.mark import MARK
from app.services.backup.snapshot import counts_up, find_broken_reference, list_columns, misfit, sum_table

_REFERENCES = text(
    "SELECT c.conname, t.relname, pg_get_constraintdef(c.oid) FROM pg_constraint c"
    " JOIN pg_class t ON t.oid = c.conrelid WHERE c.contype = 'f'"
    " AND c.connamespace = current_schema()::regnamespace ORDER BY t.relname, c.conname"
)


def list_present(connection: Connection) -> list[str]:
    """Return the tables that a place has already, but for the mark of a restore that was broken off."""
    return sorted(set(inspect(connection).get_table_names()) - {MARK})


def require_empty(connection: Connection) -> None:
    """Raise BackupError when the place has tables: nothing is ever put over what somebody has."""
    present = list_present(connection)
    if present:
        named = ", ".join(present[:3]) + (" …" if len(present) > 3 else "")  # noqa: PLR2004  # enough to recognise it
        raise BackupError(
            "place_filled",
            Sentence(
                f"目标数据库不是空的，已有{len(present)}个表（{named}）；请指定一个新建的空数据库。",
                f"The database is not empty: it has {len(present)} tables ({named}). Name a new, empty one.",
            ),
        )


def check_tables(connection: Connection, specs: Iterable[TableSpec], revision: str) -> None:
    """Raise BackupError where tables are others than the revision makes: forged, or from a changed product.

    What else the revision makes (a queue's tables) is in no backup and stays empty.
    """
    differing = [
        spec.name for spec in specs if list_columns(connection, spec.name) != {one.name for one in spec.columns}
    ]
    if differing:
        named = ", ".join(sorted(differing))
        raise BackupError(
            "tables_differ",
            Sentence(
                f"备份中的表与版本{revision}不符：{named}。", f"Tables other than revision {revision} has: {named}."
            ),
        )


class Loader:
    """Loads rows within one unit of work, which the caller opened on an upgraded, empty database."""

    def __init__(self, connection: Connection) -> None:
        """Set the checks of references aside until `finish`."""
        self._connection = connection
        self._is_postgresql = connection.dialect.name == "postgresql"
        self._references = list[Sequence[Any]]()
        if self._is_postgresql:
            self._references = list(connection.execute(_REFERENCES).all())
            for name, table, _ in self._references:
                connection.execute(text(f"ALTER TABLE {self._quote(table)} DROP CONSTRAINT {self._quote(name)}"))
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")

    def _quote(self, name: str) -> str:
        return self._connection.dialect.identifier_preparer.quote(name)

    def add(self, spec: TableSpec, lines: Sequence[str], first_row: int) -> None:
        """Put rows in; BackupError names the first that cannot be there."""
        rows = read_rows(spec, lines, first_row, is_postgresql=self._is_postgresql)
        if rows:
            names = [f"v_{column.name}" for column in spec.columns]
            self._connection.execute(self._make_insert(spec), [dict(zip(names, row, strict=True)) for row in rows])

    def _make_insert(self, spec: TableSpec) -> Any:  # noqa: ANN401  # an insert of any columns
        table = spec.make_table()
        values = {
            column.name: cast(bindparam(f"v_{column.name}", type_=Text()), JSON)
            for column in spec.columns
            if column.kind == "json" and self._is_postgresql
        }
        plain = {c.name: bindparam(f"v_{c.name}", type_=c.type) for c in table.columns if c.name not in values}
        return table.insert().values({**plain, **values})

    def finish(self, specs: Sequence[TableSpec], last_ids: Mapping[str, int | None]) -> None:
        """Check every reference and let ids go on behind the highest that was ever given."""
        if self._is_postgresql:
            for name, table, definition in self._references:
                self._add_reference(name, table, definition)
        elif (broken := find_broken_reference(self._connection, specs)) is not None:
            raise BackupError("reference_broken", broken)
        for spec in specs:
            self._set_counter(spec, last_ids[spec.name])
        if self._is_postgresql:
            self._connection.execute(text("ANALYZE"))

    def _add_reference(self, name: str, table: str, definition: str) -> None:
        statement = f"ALTER TABLE {self._quote(table)} ADD CONSTRAINT {self._quote(name)} {definition}"
        try:
            self._connection.execute(text(statement))
        except IntegrityError as error:
            said = Sentence(
                f"表{table}中有行指向不存在的行（{name}）。",
                f"A row of {table} points to a row that is not there ({name}).",
            )
            raise BackupError("reference_broken", said) from error

    def _set_counter(self, spec: TableSpec, last_id: int | None) -> None:
        """Let ids go on behind the highest that was ever given."""
        if len(spec.key) != 1:
            return
        column = Table(spec.name, MetaData(), Column(spec.key[0])).c[spec.key[0]]
        if self._is_postgresql:
            sequence = self._connection.execute(
                select(func.pg_get_serial_sequence(f'"{spec.name}"', spec.key[0]))
            ).scalar_one_or_none()
            if sequence is not None:
                last = max(last_id or 0, self._connection.execute(select(func.max(column))).scalar_one() or 0)
                self._connection.execute(
                    text("SELECT setval(CAST(:sequence AS regclass), :last, :is_called)"),
                    {"sequence": sequence, "last": max(last, 1), "is_called": last > 0},
                )
        elif last_id is not None and counts_up(self._connection, spec.name):
            given = {"name": spec.name, "last": last_id}
            self._connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name AND seq < :last"), given)
            self._connection.execute(
                text(
                    "INSERT INTO sqlite_sequence (name, seq) SELECT :name, :last"
                    " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = :name)"
                ),
                given,
            )


def require_same(connection: Connection, specs: Iterable[TableSpec], sums: Mapping[str, TableSum]) -> None:
    """Read every table anew; BackupError where one came out other than it went in."""
    for spec in specs:
        found, wanted = sum_table(connection, spec), sums[spec.name]
        if (found.rows, found.sha256) != (wanted.rows, wanted.sha256):
            said = Sentence(f"表{spec.name}写入后与来源不符。", f"Table {spec.name} came out other than it went in.")
            raise BackupError("rows_differ", said)


def read_rows(spec: TableSpec, lines: Sequence[str], first_row: int, *, is_postgresql: bool) -> list[list[Any]]:
    """Return the values of lines; BackupError names the first row that the database could not hold."""
    rows = []
    for number, line in enumerate(lines, start=first_row):
        try:
            row = read_row(spec, line)
            if is_postgresql:
                check_fit(spec, row)
        except RowError as error:
            raise misfit(spec.name, f" ({number})", str(error)) from None
        rows.append(row)
    return rows
