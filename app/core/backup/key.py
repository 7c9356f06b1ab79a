"""The keys with which backups are sealed: `LIANBAN_BACKUP_KEY` names files, the first seals, each of them opens.

A file holds 64 hexadecimal digits (a key of 32 random bytes) or, in one line, a passphrase, which scrypt makes long.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from app.core.secret_file import SecretFileError, read_secret

SALT_BYTES = 32
ID_BYTES = 8
KEY_KIND, PHRASE_KIND = b"K", b"P"
_SETTING = "LIANBAN_BACKUP_KEY"
_KEY_BYTES = 32
_HEX = re.compile(r"[0-9a-fA-F]{64}")
_SHORTEST_PHRASE = 20
_WANTED = f"expected 64 hexadecimal digits, or in one line a passphrase of at least {_SHORTEST_PHRASE} characters"
#: scrypt: 2**17 rounds of 8 blocks, 128 MB for half a second (OWASP's figure for passwords).
_ROUNDS, _BLOCKS, _PARALLEL = 2**17, 8, 1


class KeyFileError(ValueError):
    """A key's file that cannot be used; says which and what was expected."""


@dataclass(frozen=True, slots=True, repr=False)
class BackupKey:
    """What seals and opens: a key or a passphrase."""

    kind: bytes
    secret: bytes

    def derive(self, salt: bytes) -> tuple[bytes, bytes]:
        """Return (the public id, the key of one file) under a file's salt.

        The id of a key is the same in all of its files; that of a passphrase changes with the salt, else whoever has
        two files could try phrases against both at once.
        """
        long = self.secret if self.kind == KEY_KIND else _stretch(self.secret, salt)
        return _expand(long, None, b"id", ID_BYTES), _expand(long, salt, b"file", _KEY_BYTES)


def read_keys(value: str) -> tuple[BackupKey, ...]:
    """Return the keys in the files that `value` names, separated by commas; KeyFileError says what is wrong."""
    return tuple(_read_key(Path(name.strip())) for name in value.split(",") if name.strip())


def _read_key(path: Path) -> BackupKey:
    try:
        text = read_secret(_SETTING, path)
    except SecretFileError as error:
        raise KeyFileError(f"{error}; {_WANTED}") from error
    if _HEX.fullmatch(text):
        return BackupKey(KEY_KIND, bytes.fromhex(text))
    if "\n" in text or len(text) < _SHORTEST_PHRASE:
        raise KeyFileError(f"{_SETTING}={str(path)!r}: {_WANTED}")
    return BackupKey(PHRASE_KIND, text.encode())


@lru_cache(maxsize=8)
def _stretch(phrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt, _KEY_BYTES, _ROUNDS, _BLOCKS, _PARALLEL).derive(phrase)


def _expand(secret: bytes, salt: bytes | None, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=salt, info=b"lianban backup " + purpose).derive(secret)


def fingerprint(secret: str) -> str:
    """Return 16 hexadecimal digits by which an installation knows its own secret again; "" for none."""
    return _expand(secret.encode(), None, b"fingerprint", ID_BYTES).hex() if secret else ""
