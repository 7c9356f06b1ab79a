"""Heads kept beside the database: `audit-heads.jsonl` below LIANBAN_VAR, a line a head, only ever added to.

Rows that were cut off together with their leaves and heads show against it, as against any copy of it.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from app.core.errors import Fault, InvalidError, Sentence
from app.core.merkle.canonical import canonical
from app.core.merkle.signed import FormError, Head, is_hex, read_head
from app.core.merkle.tree import HASH_BYTES
from app.core.merkle.verifying import Outside
from app.edge.context import Context

_TAIL_BYTES = 4096


def find_path(context: Context) -> Path:
    """Return where the installation keeps its heads."""
    return context.settings.var / "audit-heads.jsonl"


def write_head_line(head: Head) -> bytes:
    """Return a head as a line."""
    return canonical({"head": head.record()}) + b"\n"


def append_heads(path: Path, heads: Sequence[Head]) -> None:
    """Add heads and flush them to the disk; a line that a crash broke off is dropped first."""
    if not heads:
        return
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        content_end = _find_end(path)
        file.truncate(content_end)
        file.seek(content_end)
        file.write(b"".join(map(write_head_line, heads)))
        file.flush()
        os.fsync(file.fileno())


def _find_end(path: Path) -> int:
    """Return where the last whole line ends."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read()
    return size - (len(tail) - (tail.rfind(b"\n") + 1))


def read_last(path: Path) -> Head | None:
    """Return the last head that was kept; None when there is none. InvalidError for a line that is no head."""
    if not path.exists():
        return None
    end = _find_end(path)
    with path.open("rb") as file:
        file.seek(max(0, end - _TAIL_BYTES))
        lines = file.read(min(end, _TAIL_BYTES)).splitlines()
    return _read_line(path, lines[-1]) if lines else None


def _read_line(path: Path, line: bytes, number: int | None = None) -> Head:
    try:
        return read_head(json.loads(line)["head"])
    except (FormError, ValueError, KeyError, TypeError) as error:
        place = str(path) if number is None else f"{path}:{number}"
        said = Sentence(f"{place}：不是日志封存的树头（{error}）。", f"{place}: no head of a sealed log ({error}).")
        raise InvalidError([Fault("head", said)]) from error


def read_kept(path: Path) -> Iterator[Outside]:
    """Yield the heads of a file, as this product keeps and exports them; keys in it are passed over."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.startswith(b'{"key":') or not line.endswith(b"\n"):
                    continue
                head = _read_line(path, line, number)
                yield Outside(head.size, head.root, head)
    except OSError as error:
        said = Sentence(f"{path}：无法读取（{error.strerror}）。", f"{path}: cannot be read ({error.strerror}).")
        raise InvalidError([Fault("head", said)]) from error


def read_outside(given: Iterable[str]) -> list[Outside]:
    """Return heads as a command takes them: a file of heads, ROOT or SIZE:ROOT as a report prints them."""
    found: list[Outside] = []
    for one in given:
        size, _, root = "".join(one.split()).rpartition(":")  # a report prints the root in blocks
        if is_hex(root, HASH_BYTES) and (size == "" or (size.isascii() and size.isdigit())):
            found.append(Outside(int(size or 0), root))
        else:
            found += read_kept(Path(one))
    return found
