"""What a backup says of itself: at its head what it is and how its tables are made, at its end what must be in it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.core.backup.errors import damaged, foreign
from app.services.backup.kinds import KINDS, ColumnSpec, TableSpec

PRODUCT = "lianban"
FORMAT = 1
HEAD, MANIFEST = "head.json", "manifest.json"


@dataclass(frozen=True, slots=True)
class Head:
    """The first member: `revision` is the database's, `taken_at` the instant of the one state that was read.

    `fingerprints` tell whether another installation has the same secrets, and nothing else of them.
    """

    revision: str
    taken_at: datetime
    city: str
    dialect: str
    fingerprints: Mapping[str, str]
    tables: tuple[TableSpec, ...]

    def write(self) -> bytes:
        """Return the member's content."""
        body = {"product": PRODUCT, "format": FORMAT, **asdict(self), "taken_at": self.taken_at.isoformat()}
        return _write(body)


@dataclass(frozen=True, slots=True)
class TableSum:
    """What a table held: rows, the SHA-256 of its lines, the highest id that was ever given (None: not counted)."""

    rows: int
    sha256: str
    last_id: int | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The last member: each table's sum by name, how many files there are and their bytes.

    A file's own hash is its name. `faults`: files that the store did not have, or had with other bytes.
    """

    tables: Mapping[str, TableSum]
    files: int
    file_bytes: int
    faults: int

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(one.rows for one in self.tables.values())

    def write(self) -> bytes:
        """Return the member's content."""
        return _write(asdict(self))


def read_head(content: bytes) -> Head:
    """Read the first member; BackupError when it is none of this product's, or of a later release's format."""
    body = _read(content)
    if body is None or body.get("product") != PRODUCT:
        raise foreign("第一个成员不是联办的说明", "its first member does not say so")
    if body.get("format") != FORMAT:
        found = body.get("format")
        raise foreign(f"格式{found}，本版本只能读取格式{FORMAT}", f"format {found}, this release reads format {FORMAT}")
    try:
        tables = tuple(
            TableSpec(one["name"], tuple(ColumnSpec(**column) for column in one["columns"]), tuple(one["key"]))
            for one in body["tables"]
        )
        head = Head(
            body["revision"], datetime.fromisoformat(body["taken_at"]), body["city"], body["dialect"],
            dict(body["fingerprints"]), tables,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise foreign("说明无法读取", f"its first member cannot be read ({error})") from None
    if unknown := {column.kind for table in tables for column in table.columns} - KINDS:
        raise foreign(f"未知的列类型{sorted(unknown)}", f"unknown kinds of columns: {sorted(unknown)}")
    return head


def read_manifest(content: bytes) -> Manifest:
    """Read the last member; BackupError when it cannot be read."""
    body = _read(content) or {}
    try:
        tables = {name: TableSum(**one) for name, one in body["tables"].items()}
        return Manifest(tables, body["files"], body["file_bytes"], body["faults"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise damaged("清单无法读取", f"its manifest cannot be read ({error})") from None


def _write(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _read(content: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(content)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
