"""Seals what a store keeps: any store, its names unchanged, read and written without the whole file in memory.

A file has a data key of its own, which the ring's active key wraps in the head line, bound to the file's name; behind
it come its pieces (`app.core.pieces`). The name stays the SHA-256 of the plain bytes: the same file is kept once, and
whoever sees the store sees which names are the same.

What was kept before there were data keys is read while the ring takes it, once its bytes have the hash that its name
says: nobody can put another file there.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from io import SEEK_CUR, SEEK_END, SEEK_SET, BufferedReader, RawIOBase
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from cryptography.exceptions import InvalidTag

from app.core.errors import Sentence
from app.core.pieces import PIECE_BYTES, SEALED_BYTES, Sealing
from app.core.ring import ALGORITHMS, KEY_BYTES, TAG_BYTES
from app.core.sealing import SealError, chosen_ring, open_text, read_key_id, seal_text
from app.core.store import Store, Stored, TooLargeError, hash_stream

#: The code of a SealError about a file that was changed, moved or cut off.
BROKEN_FILE = "file_broken"
_MARK = b"lianban-sealed 1 "
_HEAD_MAX = 512
_IN_MEMORY = 1024 * 1024
_PLACE = "file"
_WORDS = 2


class SealedStore:
    """A store whose bytes lie sealed in another one."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner

    def put(self, stream: BinaryIO, size_max: int, *, name: str | None = None) -> Stored:
        """Seal into a temporary file first, since head and name are known at the end; then keep it."""
        key = chosen_ring().ring.active
        secret = secrets.token_bytes(KEY_BYTES[key.algorithm])
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
            body = cast("BinaryIO", spool)
            stored = _seal_body(stream, body, size_max, Sealing(key.algorithm, secret))
            self._keep(name or stored.sha256, _write_head(name or stored.sha256, key.algorithm, secret), body)
        return stored

    def open(self, sha256: str) -> BinaryIO:
        """Return the plain bytes as a stream that can be wound; SealError when they do not open."""
        stream, head = self._look(sha256)
        if head is None:
            return _check_plain(sha256, stream)
        try:
            return BufferedReader(_Opened(sha256, stream, head, lambda: self._look(sha256)), PIECE_BYTES)
        except BaseException:
            stream.close()
            raise

    def exists(self, sha256: str) -> bool:
        """Whether there are bytes under this name."""
        return self._inner.exists(sha256)

    def names(self) -> Iterator[str]:
        """Yield the names of everything that is kept."""
        return self._inner.names()

    def delete(self, sha256: str, before: datetime) -> bool:
        """Drop the bytes as the store beneath does."""
        return self._inner.delete(sha256, before)

    def tidy(self, before: datetime) -> int:
        """Tidy the store beneath."""
        return self._inner.tidy(before)

    def check_head(self, sha256: str) -> None:
        """Raise SealError when a file's own key cannot be had, or when it is not sealed and must be."""
        stream, head = self._look(sha256)
        stream.close()
        if head is not None:
            _open_secret(sha256, head)
        elif not chosen_ring().ring.takes_plain:
            raise _make_broken(sha256)

    def reseal(self, sha256: str) -> bool:
        """Let the active key wrap a file; returns whether another one did, or none (idempotent).

        Only the head is written anew where the algorithm stays. FileNotFoundError when the file went meanwhile.
        """
        key = chosen_ring().ring.active
        stream, head = self._look(sha256)
        with stream:
            if head is not None and read_key_id(head.envelope) == key.id:
                return False
            if head is not None and head.algorithm == key.algorithm:
                secret = _open_secret(sha256, head)
                stream.seek(head.size)
                self._keep(sha256, _write_head(sha256, head.algorithm, secret), stream)
                return True
        with self.open(sha256) as plain:
            self.put(plain, plain.seek(0, SEEK_END) + plain.seek(0))
        return True

    def _look(self, sha256: str) -> "tuple[BinaryIO, _Head | None]":
        """Open what lies beneath, behind its head; without a head at its beginning."""
        stream = self._inner.open(sha256)
        try:
            return stream, _read_head(stream)
        except BaseException:
            stream.close()
            raise

    def _keep(self, name: str, head: bytes, body: BinaryIO) -> None:
        start = body.tell() if body.seekable() else 0
        size = body.seek(0, SEEK_END) - start
        body.seek(start)
        self._inner.put(cast("BinaryIO", _Joined(head, body)), len(head) + size, name=name)


class _Head:
    """The first line of a sealed file."""

    def __init__(self, algorithm: str, envelope: str, size: int) -> None:
        self.algorithm, self.envelope, self.size = algorithm, envelope, size


def _write_head(name: str, algorithm: str, secret: bytes) -> bytes:
    active = chosen_ring().ring.active
    envelope = seal_text(base64.b64encode(secret).decode(), active, _PLACE, name, algorithm, PIECE_BYTES)
    return _MARK + f"{algorithm} {envelope}\n".encode()


def _read_head(stream: BinaryIO) -> _Head | None:
    """Return the head and stand behind it; None, at the beginning, where there is none."""
    line = stream.readline(_HEAD_MAX)
    words = line.removeprefix(_MARK).decode("ascii", "replace").split()
    if not line.startswith(_MARK) or not line.endswith(b"\n") or len(words) != _WORDS or words[0] not in ALGORITHMS:
        stream.seek(0)
        return None
    return _Head(words[0], words[1], len(line))


def _open_secret(name: str, head: _Head) -> bytes:
    return base64.b64decode(open_text(head.envelope, _PLACE, name, head.algorithm, PIECE_BYTES))


def _check_plain(name: str, stream: BinaryIO) -> BinaryIO:
    with ExitStack() as undo:
        undo.callback(stream.close)
        if not chosen_ring().ring.takes_plain or hash_stream(stream).sha256 != name:
            raise _make_broken(name)
        stream.seek(0)
        undo.pop_all()
    return stream


def _make_broken(name: str) -> SealError:
    said = Sentence(
        f"文件{name[:12]}…无法解密：已被改动，或不是本系统加密的。",
        f"The file {name[:12]}… does not open: it was changed, or it was not sealed here.",
    )
    return SealError(BROKEN_FILE, said)


def _seal_body(stream: BinaryIO, target: BinaryIO, size_max: int, sealing: Sealing) -> Stored:
    """Write the pieces of the rest of a stream and stand at the beginning; returns hash and size of the plain bytes."""
    digest, size, number = hashlib.sha256(), 0, 0
    piece = _read_full(stream, PIECE_BYTES)
    while True:
        size += len(piece)
        if size > size_max:
            raise TooLargeError
        digest.update(piece)
        following = _read_full(stream, PIECE_BYTES) if len(piece) == PIECE_BYTES else b""
        target.write(sealing.seal(number, piece, is_last=not following))
        if not following:
            target.seek(0)
            return Stored(digest.hexdigest(), size)
        piece, number = following, number + 1


def _read_full(stream: BinaryIO, size: int) -> bytes:
    """Return so many bytes, fewer only at the end."""
    found = stream.read(size)
    if len(found) in (0, size):
        return found
    parts = [found]
    left = size - len(found)
    while left and (more := stream.read(left)):
        parts.append(more)
        left -= len(more)
    return b"".join(parts)


class _Joined:
    """A head and what follows it, as one stream that is read once."""

    def __init__(self, head: bytes, body: BinaryIO) -> None:
        self._head, self._body = head, body

    def read(self, size: int = -1, /) -> bytes:
        if self._head:
            given, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return given + self._body.read() if size < 0 else given
        return self._body.read(size)


class _Opened(RawIOBase):
    """A sealed file as the plain stream: a piece at a time, from any place on."""

    def __init__(
        self, name: str, stream: BinaryIO, head: _Head, look: "Callable[[], tuple[BinaryIO, _Head | None]]"
    ) -> None:
        self._name, self._look_again = name, look
        self._at, self._number, self._piece = 0, -1, b""
        self._take(stream, head)

    def _take(self, stream: BinaryIO, head: _Head) -> None:
        self._sealing = Sealing(head.algorithm, _open_secret(self._name, head))
        self._stream, self._head = stream, head
        sealed_bytes = stream.seek(0, SEEK_END) - head.size
        self._count = max(1, -(-sealed_bytes // SEALED_BYTES))
        self._size = sealed_bytes - self._count * TAG_BYTES
        if self._size < 0:
            raise _make_broken(self._name)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        origin = {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._size}[whence]
        if origin + offset < 0:
            raise ValueError("a place before the beginning")
        self._at = origin + offset
        return self._at

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401  # a writable buffer
        if self._at >= self._size and not (self._size == 0 and self._number < 0):
            return 0
        number = self._at // PIECE_BYTES if self._size else 0
        if number != self._number:
            self._piece, self._number = self._open(number), number
        given = self._piece[self._at - number * PIECE_BYTES :][: len(buffer)]
        buffer[: len(given)] = given
        self._at += len(given)
        return len(given)

    def _open(self, number: int) -> bytes:
        """Return a piece; where the file was sealed anew meanwhile, from what lies there now."""
        try:
            return self._decrypt(number)
        except InvalidTag:
            stream, head = self._look_again()
        if head is None or head.envelope == self._head.envelope:
            stream.close()
            raise _make_broken(self._name)
        self._stream.close()
        self._take(stream, head)
        try:
            return self._decrypt(number)
        except InvalidTag:
            raise _make_broken(self._name) from None

    def _decrypt(self, number: int) -> bytes:
        self._stream.seek(self._head.size + number * SEALED_BYTES)
        sealed = _read_full(self._stream, SEALED_BYTES)
        return self._sealing.open(number, sealed, is_last=number == self._count - 1)

    def close(self) -> None:
        self._stream.close()
        super().close()
