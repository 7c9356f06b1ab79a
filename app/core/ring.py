"""The data keys: a file with several of them, one active; what they seal is bound to its place.

AES-256-GCM, or SM4-GCM (GB/T 32907-2016, GCM as RFC 8998 has it) where an installation says so; both by the library
`cryptography`. An envelope names its key, so that every key of the file opens and only the active one seals
(docs/encryption.md). A nonce is 96 random bits: by NIST SP 800-38D a key seals 2^32 values at most.
"""

import base64
import fcntl
import hmac
import json
import logging
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

log = logging.getLogger(__name__)

AES, SM = "AES-256-GCM", "SM4-GCM"
KEY_BYTES = MappingProxyType({AES: 32, SM: 16})
ALGORITHMS = tuple(KEY_BYTES)
#: active: seals and opens; next: opens, will seal once every machine knows it; old: opens.
STATES = ("active", "next", "old")
NONCE_BYTES, TAG_BYTES = 12, 16
_FORMAT = 1
_INDEX_BYTES = 32
_ID = re.compile(r"[a-z0-9-]{1,40}")


class RingError(ValueError):
    """A file of keys that cannot be used; says where and what was expected, never what stands there."""


class MissingKeyError(LookupError):
    """No key of this name is in the ring."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key with its name, its algorithm and since when there is one."""

    id: str
    algorithm: str
    created_at: datetime
    state: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys by name, in the order of their making.

    `index_secret` makes blind indexes and never changes. `takes_plain`: what was kept before there were keys is read.
    """

    keys: Mapping[str, DataKey]
    index_secret: bytes = field(repr=False)
    takes_plain: bool = True

    @property
    def active(self) -> DataKey:
        """The key that seals."""
        return next(key for key in self.keys.values() if key.state == "active")

    def add(self, algorithm: str, now: datetime, state: str = "next") -> "Ring":
        """Return the ring with one more key."""
        key = make_key(algorithm, now, state)
        return replace(self, keys={**self.keys, key.id: key})

    def close(self) -> "Ring":
        """Return the ring that opens only what is sealed."""
        return replace(self, takes_plain=False)

    def activate(self, key_id: str) -> "Ring":
        """Return the ring with another active key, the present one old; MissingKeyError for an unknown one."""
        if key_id not in self.keys:
            raise MissingKeyError(key_id)
        keys = {
            one.id: replace(one, state="active" if one.id == key_id else "old" if one.state == "active" else one.state)
            for one in self.keys.values()
        }
        return replace(self, keys=keys)


def make_key(algorithm: str, now: datetime, state: str) -> DataKey:
    """Return a new key; its name begins with the day."""
    key_id = f"k{now:%Y%m%d}-{secrets.token_hex(4)}"
    return DataKey(key_id, algorithm, now, state, secrets.token_bytes(KEY_BYTES[algorithm]))


def make_ring(algorithm: str, now: datetime) -> Ring:
    """Return a ring of one new key."""
    key = make_key(algorithm, now, "active")
    return Ring({key.id: key}, secrets.token_bytes(_INDEX_BYTES))


def encrypt(key: DataKey, plain: bytes, associated: bytes) -> bytes:
    """Return nonce, ciphertext and tag; `associated` must be the same when it is opened."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + encrypt_with(key.algorithm, key.secret, nonce, plain, associated)


def decrypt(key: DataKey, sealed: bytes, associated: bytes) -> bytes:
    """Return what was sealed; InvalidTag when key, content or `associated` are others."""
    return decrypt_with(key.algorithm, key.secret, sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated)


def encrypt_with(algorithm: str, secret: bytes, nonce: bytes, plain: bytes, associated: bytes) -> bytes:
    """Return ciphertext and tag under a nonce that this secret has never had."""
    if algorithm == AES:
        return AESGCM(secret).encrypt(nonce, plain, associated)
    encryptor = Cipher(SM4(secret), GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(associated)
    return encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def decrypt_with(algorithm: str, secret: bytes, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
    """Return the plain bytes; InvalidTag when anything was changed."""
    if len(sealed) < TAG_BYTES or len(nonce) != NONCE_BYTES:
        raise InvalidTag
    if algorithm == AES:
        return AESGCM(secret).decrypt(nonce, sealed, associated)
    decryptor = Cipher(SM4(secret), GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
    decryptor.authenticate_additional_data(associated)
    return decryptor.update(sealed[:-TAG_BYTES]) + decryptor.finalize()


def bind(*parts: object) -> bytes:
    """Return `parts` as associated data: no two lists give the same bytes."""
    return json.dumps([str(part) for part in parts], ensure_ascii=True, separators=(",", ":")).encode()


def write_ring(path: Path, ring: Ring, *, is_new: bool = False) -> None:
    """Put a ring into its file, whole or not at all, readable by its owner only.

    `is_new`: FileExistsError when somebody else made one meanwhile.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            json.dump(_dump(ring), file, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            os.link(part, path)
        else:
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _dump(ring: Ring) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "takes_plain": ring.takes_plain,
        "index": base64.b64encode(ring.index_secret).decode(),
        "keys": [
            {"id": key.id, "algorithm": key.algorithm, "created_at": key.created_at.isoformat(), "state": key.state,
             "secret": base64.b64encode(key.secret).decode()}
            for key in ring.keys.values()
        ],
    }  # fmt: skip


def read_ring(path: Path) -> Ring:
    """Read a ring; RingError names what is wrong in it, OSError when there is no file that can be read."""
    try:
        given: Any = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise RingError("expected JSON as `flask keys rotate` writes it") from None
    if not isinstance(given, dict) or given.get("format") != _FORMAT:
        raise RingError(f"format: expected {_FORMAT}")
    rows, takes_plain = given.get("keys"), given.get("takes_plain")
    if not isinstance(rows, list) or not rows:
        raise RingError("keys: expected a list of one key at least")
    if not isinstance(takes_plain, bool):
        raise RingError("takes_plain: expected true or false")
    keys: dict[str, DataKey] = {}
    for number, row in enumerate(rows, 1):
        key = _read_key(row, f"keys, number {number}")
        if key.id in keys:
            raise RingError(f"keys, number {number}: the name {key.id} was there before")
        keys[key.id] = key
    if (count := sum(key.state == "active" for key in keys.values())) != 1:
        raise RingError(f"keys: expected one active key, there are {count}")
    return Ring(keys, _read_bytes(given.get("index"), _INDEX_BYTES, "index"), takes_plain)


def _read_key(row: Any, place: str) -> DataKey:  # noqa: ANN401  # JSON of any shape
    if not isinstance(row, dict):
        raise RingError(f"{place}: expected an object")
    key_id, algorithm, state = row.get("id"), row.get("algorithm"), row.get("state")
    if not isinstance(key_id, str) or not _ID.fullmatch(key_id):
        raise RingError(f"{place}: id: expected 1 to 40 of a-z, 0-9 and -")
    if algorithm not in ALGORITHMS:
        raise RingError(f"{place}: algorithm: expected one of {', '.join(ALGORITHMS)}")
    if state not in STATES:
        raise RingError(f"{place}: state: expected one of {', '.join(STATES)}")
    try:
        created_at = datetime.fromisoformat(row.get("created_at", ""))
    except (TypeError, ValueError):
        raise RingError(f"{place}: created_at: expected an instant") from None
    if created_at.tzinfo is None:
        raise RingError(f"{place}: created_at: expected an instant with its zone")
    secret = _read_bytes(row.get("secret"), KEY_BYTES[algorithm], f"{place}: secret")
    return DataKey(key_id, algorithm, created_at.astimezone(UTC), state, secret)


def _read_bytes(text: Any, size: int, place: str) -> bytes:  # noqa: ANN401  # JSON of any shape
    try:
        found = base64.b64decode(text, validate=True)
    except (TypeError, ValueError):
        found = b""
    if len(found) != size:
        raise RingError(f"{place}: expected {size} bytes in base64")
    return found


class RingFile:
    """The ring of an installation, read anew when its file has changed: a process that runs takes up a new key.

    A file that cannot be read any more leaves the keys that were read last.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._mark = self._look()
        self._ring = read_ring(path)

    @property
    def ring(self) -> Ring:
        """The ring as its file stands now."""
        try:
            mark = self._look()
        except OSError:
            return self._ring
        if mark != self._mark:
            with self._lock:
                self._read(mark)
        return self._ring

    def _read(self, mark: tuple[int, int, int]) -> None:
        try:
            self._ring = read_ring(self.path)
        except (OSError, RingError) as error:
            log.warning("the data keys of before go on: %s cannot be read (%s)", self.path, error)
        self._mark = mark

    def _look(self) -> tuple[int, int, int]:
        found = self.path.stat()
        return found.st_mtime_ns, found.st_ino, found.st_size

    def digest(self, *parts: object) -> str:
        """Return what stands for a value where it is looked up: HMAC-SHA-256, 64 hexadecimal digits."""
        return hmac.new(self._ring.index_secret, bind(*parts), sha256).hexdigest()


def open_ring(named: str, var: Path, algorithm: str, now: datetime) -> RingFile:
    """Return the ring of an installation: `named`, which must be there, or the one in `var`, made at the first start.

    RingError says what is wrong with which file.
    """
    path = Path(named) if named else var / "keys" / "data.json"
    try:
        if not named and not path.exists():
            _make_first(path, algorithm, now)
        return RingFile(path)
    except OSError as error:
        raise RingError(f"{path}: cannot be read ({error.strerror})") from error
    except RingError as error:
        raise RingError(f"{path}: {error}") from error


def _make_first(path: Path, algorithm: str, now: datetime) -> None:
    try:
        write_ring(path, make_ring(algorithm, now), is_new=True)
    except FileExistsError:
        log.info("another process has made the data keys meanwhile")


@contextmanager
def changing(path: Path) -> Iterator[Ring]:
    """Give the ring of `path` to whoever changes it, one at a time: what was read is still what stands there."""
    lock = path.with_name(f"{path.name}.lock")
    with os.fdopen(os.open(lock, os.O_RDWR | os.O_CREAT, 0o600), "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield read_ring(path)
