"""Reads a backup: which file it is, and its parts one after the other, each pass finding whatever is wrong with it."""

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from app.core.backup.errors import damaged
from app.core.backup.key import BackupKey
from app.core.backup.parcel import In, ParcelReader
from app.core.backup.sealing import MAGIC, SealedReader
from app.services.backup.kinds import TableSpec
from app.services.backup.manifest import HEAD, MANIFEST, Head, Manifest, read_head, read_manifest
from app.services.backup.snapshot import Counter

#: What a member of rows may unpack to; it is written with a sixteenth of it, and a row.
_UNPACKED_BYTES_MAX = 256 * 1024 * 1024
_TABLE = re.compile(r"tables/([a-z0-9_]+)/([0-9]{8})\.jsonl\.gz")
_FILE = re.compile(r"files/([0-9a-f]{64})/([0-9]{8})")
_FAULT = re.compile(r"faults/([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class RowsPart:
    """Some rows of a table, a line each, in order; `first_row` is the number of the first, from 1."""

    spec: TableSpec
    lines: list[str]
    first_row: int


@dataclass(frozen=True, slots=True)
class FilePart:
    """The next bytes of a file; number 1 begins it."""

    sha256: str
    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class FileFault:
    """What was wrong with a file when the backup was made; bytes of it that came before are not to be used."""

    sha256: str
    fault: str


@dataclass(frozen=True, slots=True)
class Tail:
    """The end: everything was as the manifest says; `digest` names this backup."""

    manifest: Manifest
    digest: str


Part = Head | RowsPart | FilePart | FileFault | Tail


def is_sealed(file: BinaryIO) -> bool:
    """Whether a backup needs a key."""
    file.seek(0)
    return file.read(len(MAGIC)) == MAGIC


def read_parts(file: BinaryIO, keys: Sequence[BackupKey]) -> Iterator[Part]:
    """Yield the parts of a backup from its beginning, the head first and the tail last.

    BackupError wherever it is damaged, foreign or sealed with another key: who only wants to know reads it to its end.
    """
    sealed = is_sealed(file)
    file.seek(0)
    stream: In = SealedReader(file, keys) if sealed else file
    return _Pass(ParcelReader(stream)).read()


class _Pass:
    """One reading from the first byte to the last."""

    def __init__(self, parcel: ParcelReader) -> None:
        self._parcel = parcel
        self._members = parcel.read_members()
        self._counters: dict[str, Counter] = {}
        self._parts: dict[str, int] = {}
        #: The file whose parts are being read, with its digest so far.
        self._file: tuple[str, int, hashlib._Hash] | None = None
        self._files, self._bytes, self._faults = 0, 0, 0

    def read(self) -> Iterator[Part]:
        name, content = next(self._members, ("", b""))
        if name != HEAD:
            raise damaged("缺少说明", "it does not begin with its head")
        head = read_head(content)
        yield head
        specs = {spec.name: spec for spec in head.tables}
        manifest: Manifest | None = None
        for name, content in self._members:
            if manifest is not None:
                raise _unexpected(name)
            if table := _TABLE.fullmatch(name):
                yield self._read_rows(specs, table[1], int(table[2]), content)
            elif part := _FILE.fullmatch(name):
                yield self._read_file(part[1], int(part[2]), content)
            elif fault := _FAULT.fullmatch(name):
                yield self._read_fault(fault[1], content)
            elif name == MANIFEST:
                manifest = read_manifest(content)
            else:
                raise _unexpected(name)
        if manifest is None:
            raise damaged("缺少清单", "it has no manifest")
        self._end_file()
        self._compare(head, manifest)
        yield Tail(manifest, self._parcel.digest)

    def _read_rows(self, specs: dict[str, TableSpec], table: str, number: int, content: bytes) -> RowsPart:
        where = f"tables/{table}/{number:08d}"
        if table not in specs or number != self._parts.get(table, 0) + 1:
            raise _unexpected(where)
        self._parts[table] = number
        lines = _unpack(where, content).split("\n")
        if lines.pop():
            raise damaged(f"成员{where}中断", f"member {where} ends within a row")
        counter = self._counters.setdefault(table, Counter())
        first_row = counter.rows + 1
        for line in lines:
            counter.add(line)
        return RowsPart(specs[table], lines, first_row)

    def _read_file(self, sha256: str, number: int, content: bytes) -> FilePart:
        if number == 1:
            self._end_file()
            self._file = (sha256, 0, hashlib.sha256())
            self._files += 1
        if self._file is None or self._file[0] != sha256 or self._file[1] != number - 1:
            raise _unexpected(f"files/{sha256}/{number:08d}")
        digest = self._file[2]
        digest.update(content)
        self._file = (sha256, number, digest)
        self._bytes += len(content)
        return FilePart(sha256, number, content)

    def _read_fault(self, sha256: str, content: bytes) -> FileFault:
        if self._file is not None and self._file[0] == sha256:
            self._file = None
        self._faults += 1
        return FileFault(sha256, content.decode("utf-8", "replace"))

    def _end_file(self) -> None:
        if self._file is not None and self._file[2].hexdigest() != self._file[0]:
            raise damaged(f"文件{self._file[0]}内容不符", f"file {self._file[0]} has other bytes")
        self._file = None

    def _compare(self, head: Head, manifest: Manifest) -> None:
        if {spec.name for spec in head.tables} != manifest.tables.keys():
            raise damaged("清单中的表不符", "head and manifest name other tables")
        for name, wanted in manifest.tables.items():
            found = self._counters.get(name, Counter()).sum_up(wanted.last_id)
            if found != wanted:
                raise damaged(f"表{name}与清单不符", f"table {name} is not what the manifest says")
        if (self._files, self._bytes, self._faults) != (manifest.files, manifest.file_bytes, manifest.faults):
            raise damaged("文件与清单不符", "the files are not what the manifest says")


def _unpack(where: str, content: bytes) -> str:
    """Return the text of a packed member, within bounds."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(content, _UNPACKED_BYTES_MAX).decode()
    except (zlib.error, UnicodeDecodeError):
        text = None
    if text is None or not unpacker.eof or unpacker.unused_data:
        raise damaged(f"成员{where}", f"in member {where}")
    return text


def _unexpected(name: str) -> Exception:
    return damaged(f"成员{name}不应在此", f"member {name} has no place there")
