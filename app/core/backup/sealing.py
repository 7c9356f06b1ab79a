"""A stream sealed with AES-256-GCM in numbered pieces (`app.core.pieces`): cutting, reordering and swapping are found.

    header   "LBSEALED" · version (1) · kind of key (K, P) · id of the key (8) · salt (32)
    piece    64 KiB of the stream, less in the last one, and its tag (16)

The key is the file's own, made from the key and the salt; the header is authenticated with every piece.
"""

import secrets
from collections.abc import Sequence
from typing import BinaryIO

from cryptography.exceptions import InvalidTag

from app.core.backup.errors import BackupError, damaged, foreign
from app.core.backup.key import ID_BYTES, KEY_KIND, PHRASE_KIND, SALT_BYTES, BackupKey
from app.core.errors import Sentence
from app.core.pieces import PIECE_BYTES, SEALED_BYTES, Sealing
from app.core.ring import AES

MAGIC = b"LBSEALED"
_VERSION = b"\x01"
_HEADER_BYTES = len(MAGIC) + 2 + ID_BYTES + SALT_BYTES


class SealedWriter:
    """Writes a stream sealed; nothing is whole before `finish`."""

    def __init__(self, out: BinaryIO, key: BackupKey) -> None:
        salt = secrets.token_bytes(SALT_BYTES)
        key_id, file_key = key.derive(salt)
        self._header = MAGIC + _VERSION + key.kind + key_id + salt
        self._out, self._sealing = out, Sealing(AES, file_key, self._header)
        self._pending, self._number = bytearray(), 0
        out.write(self._header)

    def write(self, data: bytes) -> None:
        """Write more; a full piece waits until it is known not to be the last."""
        self._pending += data
        while len(self._pending) > PIECE_BYTES:
            self._put(bytes(self._pending[:PIECE_BYTES]), is_last=False)
            del self._pending[:PIECE_BYTES]

    def finish(self) -> None:
        """Write the last piece."""
        self._put(bytes(self._pending), is_last=True)

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        self._out.write(self._sealing.seal(self._number, piece, is_last=is_last))
        self._number += 1


class SealedReader:
    """Reads a sealed stream from its beginning, each byte only once its piece is found genuine."""

    def __init__(self, file: BinaryIO, keys: Sequence[BackupKey]) -> None:
        """Read the header; BackupError says which key is needed."""
        self._file, self._header = file, file.read(_HEADER_BYTES)
        self._sealing = Sealing(AES, _find_key(self._header, keys), self._header)
        self._number, self._rest, self._is_over = 0, bytearray(), False
        self._ahead = file.read(SEALED_BYTES)

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer only at the end; BackupError where the stream is not genuine."""
        while len(self._rest) < size and not self._is_over:
            self._rest += self._open_next()
        found = bytes(self._rest[:size])
        del self._rest[:size]
        return found

    def _open_next(self) -> bytes:
        sealed, self._ahead = self._ahead, self._file.read(SEALED_BYTES)
        self._is_over = not self._ahead
        try:
            piece = self._sealing.open(self._number, sealed, is_last=self._is_over)
        except InvalidTag:
            number = self._number + 1
            raise damaged(f"加密的第{number}块", f"sealed piece {number}") from None
        self._number += 1
        return piece


def _find_key(header: bytes, keys: Sequence[BackupKey]) -> bytes:
    """Return the key of a file by its header."""
    if len(header) < _HEADER_BYTES:
        raise damaged("文件头不完整", "the header is cut off")
    at = len(MAGIC)
    version, kind = header[at : at + 1], header[at + 1 : at + 2]
    if version != _VERSION or kind not in (KEY_KIND, PHRASE_KIND):
        raise foreign("加密方式未知", "sealed in a way that this release does not know")
    wanted, salt = header[at + 2 : at + 2 + ID_BYTES], header[-SALT_BYTES:]
    for key in keys:
        if key.kind == kind:
            key_id, file_key = key.derive(salt)
            if key_id == wanted:
                return file_key
    named = f" {wanted.hex()}" if kind == KEY_KIND else ""
    zh, en = ("密钥", "key") if kind == KEY_KIND else ("口令", "passphrase")
    held_zh, held_en = ("所给的不是这一个", "not the one that is set") if keys else ("没有设置", "none is set")
    raise BackupError(
        "backup_key",
        Sentence(
            f"备份已加密，需要{zh}{named}（LIANBAN_BACKUP_KEY）：{held_zh}。",
            f"The backup is sealed with {en}{named} (LIANBAN_BACKUP_KEY): {held_en}.",
        ),
    )
