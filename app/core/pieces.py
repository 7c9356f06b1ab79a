"""A long stream sealed in numbered pieces: the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár 2015).

A piece's nonce is its number and whether it is the last, so that none can be left out, moved or cut off; a secret seals
one stream only. Sealed files of the store and sealed backups are made of these pieces, each behind a head of its own.
"""

from dataclasses import dataclass

from app.core.ring import NONCE_BYTES, TAG_BYTES, decrypt_with, encrypt_with

#: The plain bytes of every piece but the last, which has fewer, or none.
PIECE_BYTES = 64 * 1024
SEALED_BYTES = PIECE_BYTES + TAG_BYTES


@dataclass(frozen=True, slots=True, repr=False)
class Sealing:
    """What seals and opens the pieces of one stream; `associated` is found genuine with each of them."""

    algorithm: str
    secret: bytes
    associated: bytes = b""

    def seal(self, number: int, plain: bytes, *, is_last: bool) -> bytes:
        """Return piece `number` (from 0) with its tag."""
        return encrypt_with(self.algorithm, self.secret, _make_nonce(number, is_last), plain, self.associated)

    def open(self, number: int, sealed: bytes, *, is_last: bool) -> bytes:
        """Return the plain bytes of piece `number`; InvalidTag where it is not that piece of that stream."""
        return decrypt_with(self.algorithm, self.secret, _make_nonce(number, is_last), sealed, self.associated)


def _make_nonce(number: int, is_last: bool) -> bytes:  # noqa: FBT001  # named where it is called
    return number.to_bytes(NONCE_BYTES - 1, "big") + bytes([is_last])
