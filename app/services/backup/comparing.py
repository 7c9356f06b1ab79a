"""Compares two databases row by row, and tells whether one was written meanwhile."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from app.core.errors import Sentence
from app.services.backup.kinds import TableSpec
from app.services.backup.snapshot import read_last_id, read_lines

#: What a table holds, told cheaply: rows, and the highest id that was ever given.
Measure = tuple[int, int | None]


def compare_rows(source: Connection, target: Connection, specs: Iterable[TableSpec]) -> Iterator[Sentence]:
    """Yield a sentence for each table that differs, with its first row that does."""
    for spec in specs:
        pairs = zip_longest(read_lines(source, spec), read_lines(target, spec))
        for number, (wanted, found) in enumerate(pairs, start=1):
            if wanted != found:
                yield Sentence(f"表{spec.name}第{number}行不同。", f"Table {spec.name} differs from row {number} on.")
                break


def measure(connection: Connection, specs: Iterable[TableSpec]) -> dict[str, Measure]:
    """Return what each table holds; whoever acts adds to history, audit or outbox, so this tells of every act."""
    found: dict[str, Measure] = {}
    for spec in specs:
        count: Any = connection.execute(select(func.count()).select_from(spec.make_table())).scalar_one()
        found[spec.name] = (int(count), read_last_id(connection, spec))
    return found
