"""Seals short secrets for the database with a key that the installation's secret key gives.

Fernet (AES-128-CBC with HMAC-SHA-256) under a key of HKDF-SHA-256. A database without its secret key gives nothing
away; with another secret key nothing can be opened any more.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32


def seal(text: str, secret_key: str, purpose: str) -> str:
    """Return `text` sealed; what was sealed for one purpose cannot be opened for another."""
    return _make_box(secret_key, purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, secret_key: str, purpose: str) -> str | None:
    """Return what was sealed; None when it was sealed with another key or changed since."""
    try:
        return _make_box(secret_key, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


@lru_cache(maxsize=8)
def _make_box(secret_key: str, purpose: str) -> Fernet:
    key = HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"lianban {purpose}".encode()).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(key))
