"""Writes one state of the database and the files that it needs into an archive; nobody else waits for it."""

import gzip
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from app.core.backup.parcel import ParcelWriter
from app.core.sealing import SealError
from app.core.store import Store
from app.services.attachment.upkeep import list_needed
from app.services.backup.kinds import TableSpec
from app.services.backup.manifest import HEAD, MANIFEST, Head, Manifest, TableSum
from app.services.backup.snapshot import Counter, read_last_id, read_lines

#: Lines are gathered up to so many characters before they are packed into a member.
_PART_CHARACTERS = 1024 * 1024
FILE_PART_BYTES = 4 * 1024 * 1024
#: Of gzip's nine: two thirds of what the last brings, at a third of its price.
_LEVEL = 4


@dataclass(slots=True)
class FilesSum:
    """What became of the files; `faults` by SHA-256."""

    count: int = 0
    size_bytes: int = 0
    faults: dict[str, str] = field(default_factory=dict)


def write_tables(connection: Connection, writer: ParcelWriter, head: Head) -> tuple[dict[str, TableSum], set[str]]:
    """Write head and tables as the unit sees them; returns their sums and the names of the files that they need."""
    writer.add(HEAD, head.write())
    sums = {spec.name: _write_table(connection, writer, spec) for spec in head.tables}
    return sums, list_needed(connection)


def _write_table(connection: Connection, writer: ParcelWriter, spec: TableSpec) -> TableSum:
    counter, lines = Counter(), read_lines(connection, spec)
    for number, part in enumerate(_gather(lines, counter), start=1):
        writer.add(f"tables/{spec.name}/{number:08d}.jsonl.gz", gzip.compress(part, _LEVEL, mtime=0))
    return counter.sum_up(read_last_id(connection, spec))


def _gather(lines: Iterable[str], counter: Counter) -> Iterator[bytes]:
    part, size = list[str](), 0
    for line in lines:
        counter.add(line)
        part.append(line)
        size += len(line)
        if size >= _PART_CHARACTERS:
            yield _join(part)
            part, size = [], 0
    if part:
        yield _join(part)


def _join(part: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in part).encode()


def write_files(store: Store, writer: ParcelWriter, needed: Iterable[str]) -> FilesSum:
    """Write the bytes of every file in the order of their names; what is missing or spoilt is written down as such."""
    done = FilesSum()
    for sha256 in sorted(needed):
        fault = _write_file(store, writer, sha256, done)
        if fault:
            done.faults[sha256] = fault
            writer.add(f"faults/{sha256}", fault.encode())
    return done


def _write_file(store: Store, writer: ParcelWriter, sha256: str, done: FilesSum) -> str:
    """Write one file in parts; returns what is wrong with it, "" when nothing is."""
    digest, number = hashlib.sha256(), 0
    try:
        with store.open(sha256) as stream:
            while (part := stream.read(FILE_PART_BYTES)) or not number:
                number += 1
                digest.update(part)
                done.size_bytes += len(part)
                writer.add(f"files/{sha256}/{number:08d}", part)
    except FileNotFoundError:
        return "missing"
    except SealError as error:
        return error.sentence.en
    done.count += 1
    return "" if digest.hexdigest() == sha256 else f"has the hash {digest.hexdigest()}"


def close(writer: ParcelWriter, sums: dict[str, TableSum], files: FilesSum) -> tuple[Manifest, str]:
    """Write the manifest and the closing member; returns it and the digest of the whole."""
    manifest = Manifest(sums, files.count, files.size_bytes, len(files.faults))
    writer.add(MANIFEST, manifest.write())
    return manifest, writer.close()
