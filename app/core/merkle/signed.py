"""Heads and keys of a sealed log: what is signed of each, by Ed25519, and whether a signature holds.

A head says how many entries the log had and the root over them; a key is signed by the key before it, the first one
by itself. A key ends when the next one begins.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from app.core.merkle.canonical import canonical, read_instant
from app.core.merkle.tree import HASH_BYTES, fold

FORM = 1
_HEAD, _KEY = b"lianban audit head\n", b"lianban audit key\n"
_KEY_ID_DIGITS = 32
_SIGNATURE_BYTES = 64


class FormError(ValueError):
    """A head, key or file that does not have the form; says what was expected."""


@dataclass(frozen=True, slots=True)
class Head:
    """A signed head: `size` entries, `root` over them (hex), the head before it (its size, 0: none).

    `is_complete`: nothing waited to be sealed when it was signed. `frontier` are the hashes of the tree's perfect
    subtrees (hex, the largest first), which help to go on from here; they are not signed, the root follows from them.
    """

    size: int
    root: str
    signed_at: str
    key_id: str
    previous: int
    is_complete: bool
    signature: str = ""
    frontier: tuple[str, ...] = ()

    def statement(self) -> bytes:
        """Return what is signed."""
        return _HEAD + canonical({
            "complete": self.is_complete, "form": FORM, "key_id": self.key_id, "previous": self.previous,
            "root": self.root, "signed_at": self.signed_at, "tree_size": self.size,
        })  # fmt: skip

    def record(self, *, with_frontier: bool = False) -> dict[str, Any]:
        """Return it as files hold it."""
        found: dict[str, Any] = {
            "tree_size": self.size, "root": self.root, "signed_at": self.signed_at, "key_id": self.key_id,
            "previous": self.previous, "complete": self.is_complete, "signature": self.signature,
        }  # fmt: skip
        return found | ({"frontier": list(self.frontier)} if with_frontier else {})

    def has_frontier(self) -> bool:
        """Whether the perfect subtrees are there and make the root."""
        if len(self.frontier) != self.size.bit_count() or not all(is_hex(one, HASH_BYTES) for one in self.frontier):
            return False
        return fold([bytes.fromhex(one) for one in self.frontier]).hex() == self.root


@dataclass(frozen=True, slots=True)
class Key:
    """A public key of the log: its place in the chain from 1, when it began, and who signed it."""

    number: int
    key_id: str
    public_key: str
    begins_at: str
    signed_by: str
    signature: str = ""

    def statement(self) -> bytes:
        """Return what is signed."""
        return _KEY + canonical({
            "begins_at": self.begins_at, "form": FORM, "key_id": self.key_id, "number": self.number,
            "public_key": self.public_key, "signed_by": self.signed_by,
        })  # fmt: skip

    def record(self) -> dict[str, Any]:
        """Return it as files hold it."""
        return {
            "number": self.number, "key_id": self.key_id, "public_key": self.public_key, "begins_at": self.begins_at,
            "signed_by": self.signed_by, "signature": self.signature,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key that can sign: its id, its public half (hex)."""

    key_id: str
    public_key: str
    sign: Callable[[bytes], str]


def name_key(public_key: bytes) -> str:
    """Return a public key's id: the first 32 hexadecimal digits of its SHA-256."""
    return sha256(public_key).hexdigest()[:_KEY_ID_DIGITS]


def make_private_pem() -> bytes:
    """Return a new private key as PEM (PKCS #8, not encrypted)."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_signer(pem: bytes) -> Signer:
    """Return the signer of a private key; FormError when the bytes are no Ed25519 key."""
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise FormError("expected an Ed25519 private key as PEM without a password") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise FormError("expected an Ed25519 private key as PEM without a password")
    public = private.public_key().public_bytes_raw()
    return Signer(name_key(public), public.hex(), lambda statement: private.sign(statement).hex())


def is_signed(public_key: str, statement: bytes, signature: str) -> bool:
    """Whether a signature (hex) of a statement is by the holder of a public key (hex)."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_head(record: Mapping[str, Any]) -> Head:
    """Return the head of a record; FormError says what is wrong with it."""
    size, previous = _whole(record, "tree_size"), _whole(record, "previous")
    given = record.get("frontier", [])
    if not isinstance(given, list) or not isinstance(record.get("complete"), bool):
        raise FormError("expected complete as true or false and frontier as a list")
    return Head(
        size, _hex(record, "root", HASH_BYTES), _instant(record, "signed_at"),
        _hex(record, "key_id", _KEY_ID_DIGITS // 2), previous, record["complete"],
        _hex(record, "signature", _SIGNATURE_BYTES), tuple(_hex({"frontier": one}, "frontier", 32) for one in given),
    )  # fmt: skip


def read_key(record: Mapping[str, Any]) -> Key:
    """Return the key of a record; FormError says what is wrong with it."""
    half = _KEY_ID_DIGITS // 2
    return Key(
        _whole(record, "number"), _hex(record, "key_id", half), _hex(record, "public_key", 32),
        _instant(record, "begins_at"), _hex(record, "signed_by", half), _hex(record, "signature", _SIGNATURE_BYTES),
    )  # fmt: skip


def _whole(record: Mapping[str, Any], name: str) -> int:
    value = record.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise FormError(f"expected {name} as a whole number")
    return value


def _hex(record: Mapping[str, Any], name: str, length: int) -> str:
    value = record.get(name)
    if not isinstance(value, str) or not is_hex(value, length):
        raise FormError(f"expected {name} as {2 * length} hexadecimal digits in small letters")
    return value


def is_hex(text: str, length: int) -> bool:
    """Whether a text is so many bytes in hexadecimal digits, small letters."""
    return len(text) == 2 * length and all(digit in "0123456789abcdef" for digit in text)


def _instant(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    try:
        read_instant(value if isinstance(value, str) else "")
    except ValueError as error:
        raise FormError(f"expected {name} as 2026-03-02T08:00:00.000000Z") from error
    return str(value)
