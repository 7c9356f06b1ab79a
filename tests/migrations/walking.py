"""Databases of each revision, filled, and what stands in one afterwards, row by row, as the database shows it."""

from collections.abc import Iterator
from functools import cache

from sqlalchemy.engine import Connection

from app.core.database import Database, make_engine
from app.core.migration import list_revisions, upgrade
from tests.migrations.filling import Rows, SchemaReader, is_ours, make_rows
from tests.postgres import make_folder

#: {column: value}, a row as the database shows it.
Shown = dict[str, object]
#: {table: {key's columns and values: row}}.
Standing = dict[str, dict[tuple[tuple[str, object], ...], Shown]]

#: Table, column, and whether it belongs to the key; by whether it is PostgreSQL.
_COLUMNS = {
    False: "SELECT m.name, c.name, c.pk FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    " ORDER BY m.name, c.cid",
    True: "SELECT c.relname, a.attname, a.attnum = ANY (k.conkey) FROM pg_class c"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'"
    " WHERE c.relnamespace = current_schema()::regnamespace ORDER BY c.relname, a.attnum",
}
_GO_ON = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})"


@cache
def list_rows() -> tuple[Rows, ...]:
    """Return the rows of each revision, the first revision's first: a database is taken through all of them."""
    database = Database(make_engine(f"sqlite:///{make_folder('revisions')}/schema.sqlite3"))
    reader, made = SchemaReader(), list[Rows]()
    for number, revision in enumerate(list_revisions(), start=1):
        upgrade(database, revision)
        with database.reading() as session:
            made.append(make_rows(reader.read(session.connection()), number))
    database.engine.dispose()
    return tuple(made)


def put_rows(database: Database, rows: Rows) -> None:
    """Put rows in, parents first."""
    with database.writing() as session:
        connection = session.connection()
        mark = "%s" if database.is_postgresql else "?"
        for table, of_table in rows.items():
            if of_table:
                columns = ", ".join(f'"{column}"' for column in of_table[0])
                marks = ", ".join(mark for _ in of_table[0])
                statement = f'INSERT INTO "{table}" ({columns}) VALUES ({marks})'  # names of the schema
                connection.exec_driver_sql(statement, [tuple(row.values()) for row in of_table])
                last = of_table[-1].get("id")
                if database.is_postgresql and isinstance(last, int):  # as if the database had given them
                    connection.exec_driver_sql(_GO_ON.format(table=table, last=last))


def read_standing(connection: Connection) -> Standing:
    """Return every row of every table, keys and columns as the database itself lists them."""
    is_postgresql = connection.dialect.name == "postgresql"
    columns, keys = dict[str, list[str]](), dict[str, list[str]]()
    for table, column, place in connection.exec_driver_sql(_COLUMNS[is_postgresql]):
        if is_ours(table):
            columns.setdefault(table, []).append(column)
            keys.setdefault(table, []).extend([column] if place else [])
    found: Standing = {}
    for table, of_table in columns.items():
        shown = ", ".join(f'"{column}"::text' if is_postgresql else f'"{column}"' for column in of_table)
        rows = connection.exec_driver_sql(f'SELECT {shown} FROM "{table}"')  # names of the schema
        wholes = [dict(zip(of_table, row, strict=True)) for row in rows]
        found[table] = {tuple((column, whole[column]) for column in keys[table]): whole for whole in wholes}
    return found


def find_losses(before: Standing, after: Standing) -> Iterator[str]:
    """Yield what is not as it was: a table, a row, a column that is gone, a value that is another."""
    for table, rows in before.items():
        if table not in after:
            yield f"table {table} is gone"
            continue
        for key, row in rows.items():
            now = after[table].get(key)
            if now is None:
                yield f"{table} {dict(key)} is gone"
                continue
            for column, value in row.items():
                if column not in now:
                    yield f"{table}.{column} is gone"
                elif now[column] != value:
                    yield f"{table}.{column} of {dict(key)}: {value!r} became {now[column]!r}"


def list_added(before: Standing, after: Standing) -> dict[str, list[Shown]]:
    """Return the rows that stand in tables of before and did not."""
    added = {
        table: [row for key, row in after[table].items() if key not in rows]
        for table, rows in before.items()
        if table in after
    }
    return {table: rows for table, rows in added.items() if rows}
