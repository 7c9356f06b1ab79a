"""Keeps bytes under their own SHA-256, outside the web root and the database.

A Protocol and two implementations: a folder here, a bucket in object_store.py. Whoever writes puts the bytes first
and the row that names them afterwards: what can be left over is bytes that no row names, never the reverse.
"""

import errno
import hashlib
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from app.core.errors import Sentence, UnavailableError

log = logging.getLogger(__name__)

#: What whoever wants a file is told when the store is away.
STORE_AWAY = Sentence("文件存储暂时无法访问，请稍后再试。", "The file store cannot be reached; try again later.")
_FULL = Sentence(
    "文件暂时无法保存（存储空间不足或无法写入），请稍后再试，并告知系统管理员。",
    "The file cannot be kept now (no room, or no writing there); try again later, and tell the administrator.",
)
#: What a disk says that takes nothing more: it is full, a quota is, it is read only, it is broken.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
_STEP = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PART = ".part"


class TooLargeError(ValueError):
    """A stream holds more bytes than its caller allows; nothing was kept."""


class StoreAwayError(UnavailableError):
    """The store cannot be reached or refuses; a job tries again later."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What `put` kept."""

    sha256: str
    size_bytes: int


class Store(Protocol):
    """Bytes by their SHA-256 (64 hexadecimal digits); the same bytes are kept once."""

    def put(self, stream: BinaryIO, size_max: int, *, name: str | None = None) -> Stored:
        """Keep what `stream` holds from its present place on, durably; TooLargeError beyond `size_max` bytes.

        StoreAwayError when nothing can be kept now: the store cannot be reached, or has no room.

        `name`: under this SHA-256 instead of the bytes' own, for what keeps other bytes than it was given
        (sealed_store.py). What was there already counts as put now: `delete` with an earlier `before` spares it.
        """
        ...

    def open(self, sha256: str) -> BinaryIO:
        """Return the bytes as a stream, which the caller closes; FileNotFoundError when there are none."""
        ...

    def exists(self, sha256: str) -> bool:
        """Whether there are bytes under this name."""
        ...

    def names(self) -> Iterator[str]:
        """Yield the SHA-256 of everything that is kept, in no order."""
        ...

    def delete(self, sha256: str, before: datetime) -> bool:
        """Drop the bytes if they were last put before that instant; returns whether they were dropped."""
        ...

    def tidy(self, before: datetime) -> int:
        """Drop what broken-off writes of before that instant left behind; returns how many."""
        ...


class FolderStore:
    """A store in a folder: `ab/cd/<sha256>`, files of mode 0600, made whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, stream: BinaryIO, size_max: int, *, name: str | None = None) -> Stored:
        """Write to a part first, flush it to the disk, then rename it; StoreAwayError when the disk takes nothing."""
        try:
            return self._put(stream, size_max, name)
        except OSError as error:
            if error.errno not in _NO_ROOM:  # what breaks off may be the stream, which is its giver's to mend
                raise
            log.warning("store: a file cannot be kept: %s", error.strerror)
            raise StoreAwayError("store_full", _FULL) from error

    def _put(self, stream: BinaryIO, size_max: int, name: str | None) -> Stored:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f"{secrets.token_hex(16)}{_PART}"
        try:
            stored = _write(part, stream, size_max)
            path = self._path(name or stored.sha256)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        for folder in (path.parent, path.parent.parent, self._folder):
            _flush_folder(folder)
        return stored

    def open(self, sha256: str) -> BinaryIO:
        """Open the file for reading."""
        return self._path(sha256).open("rb")

    def exists(self, sha256: str) -> bool:
        """Whether the file is there."""
        return self._path(sha256).is_file()

    def names(self) -> Iterator[str]:
        """Yield the names of the files."""
        for path in self._folder.glob("??/??/*"):
            if _SHA256.fullmatch(path.name):
                yield path.name

    def delete(self, sha256: str, before: datetime) -> bool:
        """Take the file aside, look at its age there, and put it back when it was put again meanwhile."""
        path = self._path(sha256)
        aside = self._folder / f"{secrets.token_hex(16)}{_PART}"
        try:
            if _changed_at(path) >= before:
                return False
            path.rename(aside)
        except FileNotFoundError:
            return False
        if _changed_at(aside) >= before:
            aside.replace(path)
            return False
        aside.unlink()
        return True

    def tidy(self, before: datetime) -> int:
        """Drop old parts."""
        count = 0
        for part in self._folder.glob(f"*{_PART}"):
            with suppress(FileNotFoundError):
                if _changed_at(part) < before:
                    part.unlink()
                    count += 1
        return count

    def _path(self, sha256: str) -> Path:
        check_name(sha256)
        return self._folder / sha256[:2] / sha256[2:4] / sha256


def hash_stream(stream: BinaryIO) -> Stored:
    """Return the SHA-256 and size of the rest of a stream."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_STEP):
        digest.update(chunk)
        size += len(chunk)
    return Stored(digest.hexdigest(), size)


def check_name(sha256: str) -> None:
    """Let through 64 hexadecimal digits; ValueError for anything else (case P100)."""
    if _SHA256.fullmatch(sha256) is None:
        raise ValueError(f"{sha256!r} is no SHA-256")


def copy_hashed(stream: BinaryIO, target: BinaryIO, size_max: int) -> Stored:
    """Copy the rest of a stream and return its SHA-256 and size; TooLargeError beyond `size_max` bytes."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_STEP):
        size += len(chunk)
        if size > size_max:
            raise TooLargeError
        digest.update(chunk)
        target.write(chunk)
    return Stored(digest.hexdigest(), size)


def _write(part: Path, stream: BinaryIO, size_max: int) -> Stored:
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        stored = copy_hashed(stream, file, size_max)
        file.flush()
        os.fsync(file.fileno())
    return stored


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _flush_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
