"""Makes a backup while everybody works: one state of the database, then the files that it needs, as one file."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.core.backup.errors import BackupError
from app.core.backup.key import BackupKey
from app.core.backup.parcel import Out, ParcelWriter
from app.core.backup.sealing import SealedWriter
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import Sentence
from app.core.migration import read_revision, require_known
from app.core.store import Store
from app.services.backup.making import close, write_files, write_tables
from app.services.backup.manifest import Head, Manifest
from app.services.backup.snapshot import describe_tables, find_broken_reference

_PART = ".part"


@dataclass(frozen=True, slots=True)
class Place:
    """What is backed up: an installation's database and store, and what it says of itself."""

    database: Database
    store: Store
    clock: Clock
    city: str
    fingerprints: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made; `faults`: what is wrong with a file, by its SHA-256.

    `broken` names a row that points to one that is not there: no restore takes such a backup.
    """

    head: Head
    manifest: Manifest
    digest: str
    size_bytes: int
    faults: Mapping[str, str]
    broken: Sentence | None


def make_backup(place: Place, path: Path, key: BackupKey | None) -> Made:
    """Write a backup to `path`, whole or not at all, for its owner only (mode 0600).

    BackupError when there is such a file, when another process is writing it, or when it cannot be written.
    """
    if path.exists():
        raise _refuse(path, "文件已存在", "there is such a file already")
    try:
        with _open_part(path) as file:
            sealed = None if key is None else SealedWriter(file, key)
            head, manifest, digest, faults, broken = _write(place, file if sealed is None else sealed)
            if sealed is not None:
                sealed.finish()
            file.flush()
            os.fsync(file.fileno())
            size_bytes = file.tell()
    except OSError as error:
        raise _refuse(path, f"无法写入（{error.strerror}）", f"it cannot be written ({error.strerror})") from error
    return Made(head, manifest, digest, size_bytes, faults, broken)


def _write(place: Place, out: Out) -> tuple[Head, Manifest, str, Mapping[str, str], Sentence | None]:
    writer = ParcelWriter(out)
    with place.database.frozen() as connection:
        revision = read_revision(connection)
        require_known(revision)
        head = Head(
            revision or "", place.clock.now(), place.city, connection.dialect.name, place.fingerprints,
            describe_tables(connection),
        )  # fmt: skip
        sums, needed = write_tables(connection, writer, head)
        broken = find_broken_reference(connection, head.tables)
    files = write_files(place.store, writer, needed)
    manifest, digest = close(writer, sums, files)
    return head, manifest, digest, files.faults, broken


@contextmanager
def _open_part(path: Path) -> Iterator[BinaryIO]:
    """Open FILE.part alone and give it its name at the end; what a killed run left is written over."""
    part = path.with_name(path.name + _PART)
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _refuse(path, "另一进程正在写入", "another process is writing it") from None
        try:
            file.truncate()
            yield file
            part.rename(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _refuse(path: Path, zh: str, en: str) -> BackupError:
    return BackupError(
        "backup_not_written", Sentence(f"没有写备份{path}：{zh}。", f"No backup was written to {path}: {en}.")
    )
