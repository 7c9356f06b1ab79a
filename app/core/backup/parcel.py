"""Members one after the other in a tar file (POSIX ustar), closed by a member with the SHA-256 of all before it.

Written and read as a stream. Every header is the one that its name and size give, so that no byte of the file can be
another without being found.
"""

import hashlib
import tarfile
from collections.abc import Iterator
from typing import Protocol

from app.core.backup.errors import damaged, foreign

#: The largest member: whoever writes cuts what is larger into several.
MEMBER_BYTES_MAX = 16 * 1024 * 1024
_CLOSING = "closing.txt"
_BLOCK = 512
_END = bytes(2 * _BLOCK)


class Out(Protocol):
    """Takes bytes."""

    def write(self, data: bytes, /) -> object:
        """Take more bytes."""
        ...


class In(Protocol):
    """Gives bytes."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, fewer only at the end."""
        ...


class ParcelWriter:
    """Writes members; nothing is whole before `close`."""

    def __init__(self, out: Out) -> None:
        self._out, self._digest = out, hashlib.sha256()

    def add(self, name: str, data: bytes) -> None:
        """Write a member of at most MEMBER_BYTES_MAX bytes."""
        if len(data) > MEMBER_BYTES_MAX:
            raise ValueError(f"member {name} is too large: {len(data)} bytes")
        for piece in (_make_header(name, len(data)), data, _pad(len(data))):
            self._digest.update(piece)
            self._out.write(piece)

    def close(self) -> str:
        """Write the closing member; returns the digest of all before it."""
        digest = self._digest.hexdigest()
        self.add(_CLOSING, f"{digest}\n".encode())
        self._out.write(_END)
        return digest


class ParcelReader:
    """Reads the members of a parcel from its beginning."""

    def __init__(self, stream: In) -> None:
        self._stream, self._digest, self._position = stream, hashlib.sha256(), 0
        #: The digest of the whole, once it was read and found right.
        self.digest = ""

    def read_members(self) -> Iterator[tuple[str, bytes]]:
        """Yield (name, content) of each member; BackupError at the first byte that is not as it was written."""
        while True:
            before = self._digest.copy()
            name, data = self._read_member()
            if name == _CLOSING:
                break
            yield name, data
        if data != f"{before.hexdigest()}\n".encode():
            raise damaged("校验和不符", "its checksum is another")
        if self._read(len(_END)) != _END or self._stream.read(1):
            raise damaged("结尾不符", "it does not end where it should")
        self.digest = before.hexdigest()

    def _read_member(self) -> tuple[str, bytes]:
        at, header = self._position, self._read(_BLOCK)
        try:
            info = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
            is_ours = header == _make_header(info.name, info.size)
        except (tarfile.HeaderError, ValueError, UnicodeError):
            is_ours = False
        if not is_ours:
            if at == 0:
                raise foreign("文件格式不符", "the file begins otherwise")
            raise damaged(f"第{at}字节处", f"at byte {at}")
        if info.size > MEMBER_BYTES_MAX:
            raise damaged(f"成员{info.name}过大", f"member {info.name} is too large")
        data = self._read(info.size)
        if self._read(-info.size % _BLOCK).strip(b"\0"):
            raise damaged(f"成员{info.name}之后", f"after member {info.name}")
        return info.name, data

    def _read(self, size: int) -> bytes:
        data = self._stream.read(size)
        if len(data) < size:
            at = self._position + len(data)
            if at == 0:
                raise foreign("文件为空", "the file is empty")
            raise damaged(f"在第{at}字节处中断", f"it is cut off at byte {at}")
        self._position += size
        self._digest.update(data)
        return data


def _make_header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.USTAR_FORMAT)


def _pad(size: int) -> bytes:
    return bytes(-size % _BLOCK)
