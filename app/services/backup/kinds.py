"""What a table's rows look like outside of a database: kinds of columns, and values that both databases agree on.

A row is one line of JSON, a list in the order of the columns: whole numbers, texts, true and false as they are, a date
as 2026-03-02, an instant in UTC as 2026-03-02T01:00:00.000000+00:00, bytes as base64. JSON columns are carried as the
text that the database keeps, so that nothing of it is lost, not even whether "null" or nothing stands there.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

from app.core.database import UtcDateTime

_SMALL_BYTES, _BIG_BYTES = 4, 8
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column: `size` is the most characters of a text (None: any), the bytes of a whole number."""

    name: str
    kind: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table: its columns in order, and those of its primary key, by which its rows are ordered."""

    name: str
    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...]

    def make_table(self) -> Table:
        """Return the table as statements name it; JSON columns are texts in it."""
        return Table(self.name, MetaData(), *(Column(one.name, _TYPES[one.kind]()) for one in self.columns))


class RowError(ValueError):
    """A value that its column cannot hold; says which column and what was found."""


def describe_table(table: Table) -> TableSpec:
    """Return what a table of the product is made of; TypeError for a type that no kind stands for."""
    columns = tuple(_describe_column(one.name, one.type) for one in table.columns)
    return TableSpec(table.name, columns, tuple(one.name for one in table.primary_key))


def _describe_column(name: str, found: TypeEngine[Any]) -> ColumnSpec:
    if isinstance(found, UtcDateTime):
        return ColumnSpec(name, "instant")
    if isinstance(found, TypeDecorator):  # what it makes of its values is the product's affair: they are carried raw
        return _describe_column(name, found.impl_instance)
    for kind, base in _BASES:
        if isinstance(found, base):
            return ColumnSpec(name, kind, _find_size(found))
    raise TypeError(f"column {name}: a backup does not know the type {found!r}")


def _find_size(found: TypeEngine[Any]) -> int | None:
    if isinstance(found, String):
        return found.length
    if isinstance(found, Integer):
        return _BIG_BYTES if isinstance(found, BigInteger) else _SMALL_BYTES
    return None


def write_row(spec: TableSpec, row: Sequence[Any]) -> str:
    """Return a row as one line; RowError for a value that its column's kind cannot be."""
    pairs = zip(spec.columns, row, strict=True)
    return _dump([None if value is None else _write(column, value) for column, value in pairs])


def _write(column: ColumnSpec, value: Any) -> Any:  # noqa: ANN401  # any column
    if not isinstance(value, _PYTHON[column.kind]) or (isinstance(value, bool) and column.kind != "boolean"):
        raise RowError(f"{column.name}: {type(value).__name__} in a column of kind {column.kind}")
    convert = _WRITERS.get(column.kind)
    return value if convert is None else convert(value)


def read_row(spec: TableSpec, line: str) -> list[Any]:
    """Return the values of a line; RowError when it is not what `write_row` gives."""
    try:
        row = json.loads(line)
    except ValueError as error:
        raise RowError("no JSON") from error
    if not isinstance(row, list) or len(row) != len(spec.columns):
        raise RowError(f"expected a list of {len(spec.columns)} values")
    pairs = zip(spec.columns, row, strict=True)
    return [None if value is None else _read(column, value) for column, value in pairs]


def _read(column: ColumnSpec, value: Any) -> Any:  # noqa: ANN401  # any column
    convert = _READERS.get(column.kind)
    try:
        found = value if convert is None else convert(value)
    except (ValueError, TypeError, binascii.Error) as error:
        raise RowError(f"{column.name}: {value!r} is no {column.kind}") from error
    if not isinstance(found, _PYTHON[column.kind]) or (isinstance(found, bool) and column.kind != "boolean"):
        raise RowError(f"{column.name}: {value!r} is no {column.kind}")
    return found


def check_fit(spec: TableSpec, row: Sequence[Any]) -> None:
    """Raise RowError for a value that PostgreSQL refuses where SQLite does not: too long, too large, with a NUL."""
    for column, value in zip(spec.columns, row, strict=True):
        if isinstance(value, str):
            if "\0" in value:
                raise RowError(f"{column.name}: the text holds a NUL, which PostgreSQL cannot keep")
            if column.kind == "text" and column.size is not None and len(value) > column.size:
                raise RowError(f"{column.name}: {len(value)} characters, {column.size} at most")
        elif column.kind == "integer" and isinstance(value, int) and column.size is not None:
            limit = 2 ** (8 * column.size - 1)
            if not -limit <= value < limit:
                raise RowError(f"{column.name}: {value} is too large")


def _read_instant(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(value)
    return found.astimezone(UTC)


def _decode(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _write_instant(value: datetime) -> str:
    return value.isoformat(timespec="microseconds")


#: The first that fits stands for a type: Text is a String, a whole number is no Float.
_BASES: tuple[tuple[str, type[TypeEngine[Any]]], ...] = (
    ("json", JSON), ("boolean", Boolean), ("date", Date), ("integer", Integer), ("text", String),
    ("bytes", LargeBinary), ("real", Float),
)  # fmt: skip
_TYPES: dict[str, type[TypeEngine[Any]]] = {
    "json": Text, "boolean": Boolean, "date": Date, "integer": BigInteger, "text": Text, "bytes": LargeBinary,
    "real": Float, "instant": UtcDateTime,
}  # fmt: skip
KINDS = frozenset(_TYPES)
_PYTHON: dict[str, type] = {
    "json": str, "boolean": bool, "date": date, "integer": int, "text": str, "bytes": bytes, "real": float,
    "instant": datetime,
}  # fmt: skip
_WRITERS: dict[str, Callable[[Any], Any]] = {"date": date.isoformat, "instant": _write_instant, "bytes": _encode}
_READERS: dict[str, Callable[[Any], Any]] = {"date": date.fromisoformat, "instant": _read_instant, "bytes": _decode}
