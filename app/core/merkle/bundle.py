"""A bundle: a stretch of a sealed log in one file of JSON lines, closed by a line that holds the hash of all before.

Any byte that changes is found before anything else is read. What the lines mean is written in docs/audit-seal.md.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, BinaryIO

from app.core.merkle.canonical import canonical
from app.core.merkle.signed import FormError, Head, Key, is_hex, read_head, read_key
from app.core.merkle.tree import HASH_BYTES, Frontier
from app.core.merkle.verdict import Flaw, Verdict
from app.core.merkle.verifying import Hidden, Leaf, Outside, Row, verify_rows

FORMAT = "lianban-audit-bundle/1"
_STEP = 1 << 20
_LINE_MAX = 64 << 20
_ID_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A leaf with its entry; without the row only the hash is carried."""

    leaf: Leaf
    row: Row | None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a bundle says of itself: when it was made, the tree before its first leaf."""

    exported_at: str
    first: Frontier


def write_lines(
    opening: Opening, keys: Iterable[Key], heads: Iterable[Head], entries: Iterable[Entry]
) -> Iterator[bytes]:
    """Yield the lines of a bundle, the closing one last."""
    digest, count = sha256(), 0
    for record in _list_records(opening, keys, heads, entries):
        line = canonical(record) + b"\n"
        digest.update(line)
        count += 1
        yield line
    yield _close(count, digest.hexdigest())


def _list_records(
    opening: Opening, keys: Iterable[Key], heads: Iterable[Head], entries: Iterable[Entry]
) -> Iterator[dict[str, Any]]:
    yield {"format": FORMAT, "exported_at": opening.exported_at, "first_leaf": opening.first.size,
           "frontier": [node.hex() for node in opening.first.nodes]}  # fmt: skip
    for key in keys:
        yield {"key": key.record()}
    for head in heads:
        yield {"head": head.record(with_frontier=True)}
    for entry in entries:
        leaf = entry.leaf
        told: dict[str, Any] = {"audit_id": leaf.audit_id} if entry.row is None else {"row": entry.row}
        yield {"leaf": leaf.index, "hash": leaf.hash.hex(), **told}


def _close(count: int, digest: str) -> bytes:
    return canonical({"end": {"lines": count, "sha256": digest}}) + b"\n"


class Bundle:
    """A bundle that was opened: whole, byte for byte; its entries are read from the file each time anew."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read the file once: FormError says where it is not what was written."""
        self._stream = stream
        self._count = _check_whole(stream)
        self.keys: list[Key] = []
        self.heads: list[Head] = []
        self._entries_at = 0
        self.opening = self._read_opening()

    def _read_opening(self) -> Opening:
        found: Opening | None = None
        for number, record, starts_at in self._records(0):
            try:
                if number == 1:
                    found = _read_first(record)
                elif "key" in record:
                    self.keys.append(read_key(record["key"]))
                elif "head" in record:
                    self.heads.append(read_head(record["head"]))
                else:
                    self._entries_at = starts_at
                    break
            except (FormError, TypeError, AttributeError) as error:
                raise FormError(f"line {number}: {error}") from error
            self._entries_at = self._stream.tell()
        if found is None:
            raise FormError("line 1: expected what the file is")
        return found

    def _records(self, at: int) -> Iterator[tuple[int, dict[str, Any], int]]:
        """Yield number, record and place of each line from `at` to the closing one."""
        self._stream.seek(at)
        number = 0
        while True:
            starts_at = self._stream.tell()
            line = self._stream.readline(_LINE_MAX)
            number += 1
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise FormError(f"line {number}: expected JSON") from error
            if not isinstance(record, dict):
                raise FormError(f"line {number}: expected an object")
            if "end" in record:
                return
            yield number, record, starts_at

    def entries(self) -> Iterator[Entry]:
        """Yield the entries in the order of the file; FormError names the first that cannot be read."""
        for number, record, _ in self._records(self._entries_at):
            row = record.get("row")
            index, audit_id = record.get("leaf"), record.get("audit_id") if row is None else _read_id(row)
            digest = record.get("hash")
            if not (_is_id(index) and _is_id(audit_id) and isinstance(digest, str) and is_hex(digest, HASH_BYTES)):
                raise FormError(f"entry {number}: expected a leaf with its hash and a row or an audit_id")
            yield Entry(Leaf(int(index), int(audit_id), bytes.fromhex(digest)), row)  # type: ignore[arg-type]  # checked

    def verify(self, trusted: Collection[str] = (), outside: Sequence[Outside] = ()) -> Verdict:
        """Return what is wrong with what the bundle holds; offline, by itself."""
        begun = self.opening.first
        known = [one for one in outside if one.size == 0 or one.size >= begun.size]
        last = max((head.size for head in self.heads), default=0)
        verdict = verify_rows(
            (Hidden(one.leaf.audit_id, one.leaf.hash) if one.row is None else one.row for one in self.entries()),
            (one.leaf for one in self.entries()), self.heads, self.keys, trusted=trusted, outside=known, first=begun,
        )  # fmt: skip
        if not self.heads:
            verdict.add(Flaw("head missing", f"no head is in the bundle, its last is of {last}"))
        return verdict


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _ID_MAX


def _read_id(row: object) -> object:
    return row.get("id") if isinstance(row, dict) and "recorded_at" in row else None


def _read_first(record: dict[str, Any]) -> Opening:
    if record.get("format") != FORMAT:
        raise FormError(f"expected the format {FORMAT}, found {str(record.get('format'))[:60]!r}")
    size, nodes = record.get("first_leaf"), record.get("frontier")
    if not _is_id(size) or not isinstance(nodes, list) or not all(
        isinstance(one, str) and is_hex(one, HASH_BYTES) for one in nodes
    ):  # fmt: skip
        raise FormError("expected first_leaf and the frontier before it")
    try:
        return Opening(str(record.get("exported_at")), Frontier(int(str(size)), [bytes.fromhex(one) for one in nodes]))
    except ValueError as error:
        raise FormError(str(error)) from error


def _check_whole(stream: BinaryIO) -> int:
    """Return the number of lines before the closing one; FormError unless each byte is as it was written."""
    stream.seek(0)
    digest, count, last = sha256(), 0, b""
    while line := stream.readline(_LINE_MAX):
        if last:
            digest.update(last)
            count += 1
        last = line
    if not last.startswith(b'{"end":'):
        raise FormError(f"line {count + 1}: expected the closing line; the file was cut off or is no bundle")
    if last != _close(count, digest.hexdigest()):
        raise FormError("the closing line does not fit what stands before it: a byte was changed, added or lost")
    return count
