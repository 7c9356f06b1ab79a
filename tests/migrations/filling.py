"""Rows for every table of a revision, found from its schema: types, keys, references and CHECK constraints.

The schema is read from SQLite, where a constraint stands as its revision wrote it and can be asked whether it lets
values pass; the same rows go into PostgreSQL, which refuses them if it was made otherwise.
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

from sqlalchemy import JSON, Boolean, Date, DateTime, Inspector, Integer, LargeBinary, String, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeEngine

from tests.migrations.fitting import FITTING, KINDS, ONCE, Row, Value

#: Rows of each table, those that others point to first.
Rows = dict[str, list[Row]]

#: The lowest id that is given: what the product adds later begins far below.
FIRST_ID = 100_000
#: More than a revision has rows of one table.
STRIDE = 50
_FIRST_ON = date(2026, 1, 1)
#: Tables that are not the product's own: Alembic's, and those of the queue, which its package makes and reads itself.
_OTHERS = re.compile(r"alembic_version|procrastinate_.*|sqlite_.*")
_QUOTED = re.compile(r"'([^']*)'")
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\b\d+\b")


@dataclass(frozen=True)
class Table:
    """What a revision says of a table; `references` are {column: (table, column)}, `checks` SQL."""

    name: str
    columns: Mapping[str, TypeEngine[Any]]
    nullable: frozenset[str]
    key: tuple[str, ...]
    references: Mapping[str, tuple[str, str]]
    checks: tuple[str, ...]

    @cached_property
    def named(self) -> dict[str, list[str]]:
        """The columns that each check names, outside of its texts."""
        words = {check: set(_WORD.findall(_QUOTED.sub("", check))) for check in self.checks}
        return {check: [column for column in self.columns if column in words[check]] for check in self.checks}

    def find_checks(self, column: str) -> list[str]:
        """Return the checks that name a column."""
        return [check for check, columns in self.named.items() if column in columns]


def is_ours(table: str) -> bool:
    """Whether a table is the product's own."""
    return _OTHERS.fullmatch(table) is None


class SchemaReader:
    """Reads the tables of one SQLite database again and again; one that has not changed is remembered."""

    def __init__(self) -> None:
        self._known = dict[str, Table]()

    def read(self, connection: Connection) -> list[Table]:
        """Return the tables, those that others point to first."""
        statements: dict[str, str] = dict(
            connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
        )
        inspector, tables = inspect(connection), dict[str, Table]()
        for name in filter(is_ours, inspector.get_table_names()):
            if (statement := statements[name]) not in self._known:
                self._known[statement] = _read_table(inspector, name)
            tables[name] = self._known[statement]
        graph = {name: {parent for parent, _ in table.references.values()} - {name} for name, table in tables.items()}
        return [tables[name] for name in TopologicalSorter(graph).static_order()]


def _read_table(inspector: Inspector, name: str) -> Table:
    columns = inspector.get_columns(name)
    return Table(
        name,
        {one["name"]: one["type"] for one in columns},
        frozenset(one["name"] for one in columns if one["nullable"]),
        tuple(inspector.get_pk_constraint(name)["constrained_columns"]),
        {
            column: (one["referred_table"], pointed)
            for one in inspector.get_foreign_keys(name)
            for column, pointed in zip(one["constrained_columns"], one["referred_columns"], strict=True)
        },
        tuple(sorted(one["sqltext"] for one in inspector.get_check_constraints(name))),
    )


def make_rows(tables: Sequence[Table], number: int) -> Rows:
    """Return rows for each table of the revision `number`, which no other revision's rows are like.

    The first row of a table has what it must have and no more, the second has all that the checks let it have. Of the
    items there are two for each kind, of a table in `ONCE` there is one in all.
    """
    made: Rows = {}
    with closing(sqlite3.connect(":memory:")) as judge:
        for table in tables:
            if table.name in ONCE and number > ONCE[table.name]:
                continue
            of_table = made.setdefault(table.name, [])
            for at in range(_count(table)):
                of_table.append(_RowMaker(table, number * STRIDE + at, at, made, judge).make())
    return made


def _count(table: Table) -> int:
    """Return how many rows a table gets."""
    if table.name == "items":
        return 2 * len(_list_kinds(table))
    return 1 if table.name in ONCE else 2


def _list_kinds(items: Table) -> list[str]:
    (check,) = [check for check in items.checks if check.startswith("kind IN")]
    return _QUOTED.findall(check)


class _RowMaker:
    """Finds the values of one row: each column's first choice, or the first that its checks let pass."""

    def __init__(self, table: Table, serial: int, at: int, made: Rows, judge: sqlite3.Connection) -> None:
        self._table, self._serial, self._at, self._made, self._judge = table, serial, at, made, judge

    def make(self) -> Row:
        table = self._table
        kind = self._find_kind()
        given: Row = {"kind": kind} if kind else {}
        if table.name in FITTING:
            given |= {
                name: value for name, value in FITTING[table.name](self._serial, kind).items() if name in table.columns
            }
        choices = {
            column: [given[column]] if column in given else self._list_choices(column) for column in table.columns
        }
        self._share(choices, given)
        row: Row = {}
        for group in self._group():
            found = self._search(group, choices, {})
            if found is None:
                raise AssertionError(f"{table.name}: no values of {group} pass {self._checks_of(group)}")
            row |= found
        return {column: row[column] for column in table.columns}

    def _find_kind(self) -> str:
        """Return the kind of an item; nothing for other tables."""
        if self._table.name != "items":
            return ""
        kinds = _list_kinds(self._table)
        return kinds[self._at % len(kinds)]

    def _list_choices(self, column: str) -> list[Value]:
        table = self._table
        found = self._list_parents(column) if column in table.references else list(self._list_values(column))
        if column not in table.nullable or column in table.key:
            return found
        return [*found, None] if self._at else [None, *found]

    def _list_parents(self, column: str) -> list[Value]:
        parent, pointed = self._table.references[column]
        rows = self._made[parent]
        if parent == "items" and column in self._table.key and (kind := KINDS.get(self._table.name)):
            rows = [row for row in rows if row["kind"] == kind]
        turned = [*rows[self._at % len(rows) :], *rows[: self._at % len(rows)]] if rows else []
        return [row[pointed] for row in turned]

    def _list_values(self, column: str) -> Iterator[Value]:
        """Yield what a column may hold: words that its checks name first, then what its type holds."""
        checks, serial = self._table.find_checks(column), self._serial
        quoted = [word for check in checks for word in _QUOTED.findall(check)]
        numbers = sorted({int(found) for check in checks for found in _NUMBER.findall(_QUOTED.sub("", check))})
        match self._table.columns[column]:
            case JSON():
                yield json.dumps({"第": serial}, ensure_ascii=False)
            case Boolean():
                yield from (serial % 2 == 1, serial % 2 == 0)
            case Date():
                for days in (serial, serial + 1, serial - 1):
                    yield (_FIRST_ON + timedelta(days=days)).isoformat()
            case DateTime():
                for days in (serial, serial + 1, serial - 1):
                    yield f"{_FIRST_ON + timedelta(days=days)} 01:02:03.{serial:06d}"
            case LargeBinary():
                yield serial.to_bytes(max([*numbers, 8]))
            case Integer():
                yield serial + (FIRST_ID if column == "id" else 0)
                for number in numbers:
                    yield from (number, number + 1)
                yield serial + 1
            case String() as text:
                turn = serial % len(quoted) if quoted else 0
                yield from (*quoted[turn:], *quoted[:turn])
                yield f"{serial}·{column}·{'联办' * 200}"[: text.length or 400]
            case other:
                raise TypeError(f"{self._table.name}.{column}: no values of {other!r} are known")

    def _share(self, choices: dict[str, list[Value]], given: Row) -> None:
        """Let a column have what another has that one check compares it with."""
        own = {column: list(found) for column, found in choices.items()}
        for column in choices.keys() - self._table.references.keys() - given.keys():
            kind = type(self._table.columns[column])
            for check in self._table.find_checks(column):
                for other in self._table.named[check]:
                    if other != column and type(self._table.columns[other]) is kind:
                        choices[column] += [one for one in own[other] if one is not None and one not in choices[column]]

    def _group(self) -> list[list[str]]:
        """Return the columns, together those that one check names."""
        groups = [[column] for column in self._table.columns]
        for named in self._table.named.values():
            one = [group for group in groups if not set(named).isdisjoint(group)]
            groups = [group for group in groups if group not in one] + [[column for group in one for column in group]]
        return groups

    def _checks_of(self, group: Sequence[str]) -> list[str]:
        return [check for check, named in self._table.named.items() if not set(named).isdisjoint(group)]

    def _search(self, group: Sequence[str], choices: Mapping[str, list[Value]], found: Row) -> Row | None:
        """Return the first values of a group that all its checks let pass."""
        if len(found) == len(group):
            return found
        column = group[len(found)]
        for value in choices[column]:
            trial = found | {column: value}
            if self._passes(column, trial) and (whole := self._search(group, choices, trial)) is not None:
                return whole
        return None

    def _passes(self, column: str, row: Row) -> bool:
        """Whether the checks that name a column let pass what is known of a row."""
        for check in self._table.find_checks(column):
            needed = self._table.named[check]
            if all(name in row for name in needed):
                source = ", ".join(f'? AS "{name}"' for name in needed)
                statement = f"SELECT ({check}) FROM (SELECT {source})"
                asked = self._judge.execute(statement, [row[name] for name in needed])
                if asked.fetchone()[0] == 0:
                    return False
        return True
