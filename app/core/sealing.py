"""Seals texts for the database with the data keys: one way for every column that holds something personal or secret.

A column of the type `SealedText` takes and gives `Sealed` values only, so that none is written in the clear by
mistake. A value is bound to table, column and the row's own columns `by`: copied into another row it does not open.
Look-ups go by a blind index beside it (HMAC-SHA-256 under a key of its own). What was kept before there were data
keys is read as it stands until `flask keys rewrap` has sealed it, second factors under Fernet included.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Column, MetaData, Table, Text, and_, or_, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import QueryableAttribute
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator

from app.core.errors import Sentence, UnavailableError
from app.core.ring import DataKey, RingFile, bind, decrypt, encrypt

_VERSION = "v1"
_PARTS = 3
_FERNET_PURPOSE = {"second_factor.secret": "second factor"}
_FERNET_KEY_BYTES = 32


class SealError(UnavailableError):
    """A sealed value that does not open: its key is missing, or it was changed or moved."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value as the database holds it; what it says is only read with `unseal`."""

    token: str = field(repr=False)


#: Stands for a moment in a row whose own number is needed for sealing.
NOTHING = Sealed("")


class SealedText(TypeDecorator[Sealed]):
    """A text that lies sealed. `by`: the row's columns that bind it; `index`: the column of its blind index.

    `is_folded`: the index knows no case.
    """

    impl = Text
    cache_ok = True

    def __init__(self, *by: str, index: str | None = None, is_folded: bool = False) -> None:
        super().__init__()
        self.by, self.index, self.is_folded = by, index, is_folded

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # their signature
        """Take what was sealed; TypeError for anything else."""
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError("expected a sealed value: app/core/sealing.py, seal")
        return value.token

    def process_result_value(self, value: str | None, dialect: Dialect) -> Sealed | None:  # noqa: ARG002  # as above
        """Give what was sealed, unopened."""
        return None if value is None else Sealed(value)


@dataclass(frozen=True, slots=True)
class _Keeper:
    ring: RingFile
    secret_key: str = field(repr=False)


_keepers: list[_Keeper] = []


def choose_ring(ring: RingFile, secret_key: str) -> None:
    """Let this process seal and open with `ring`; what an earlier release sealed opens with `secret_key`."""
    _keepers[:] = [_Keeper(ring, secret_key)]


def chosen_ring() -> RingFile:
    """Return the ring of this process."""
    return _keepers[0].ring


Place = QueryableAttribute[Any] | Column[Any]


def seal(text: str, column: Place, *row: object) -> Sealed:
    """Return `text` sealed with the active key for one row, which the values of its columns `by` name."""
    place, _type = _describe(column, row)
    return Sealed(seal_text(text, chosen_ring().ring.active, place, *row))


def unseal(sealed: Sealed, column: Place, *row: object) -> str:
    """Return what was sealed for this row; SealError says which key is missing, or that it was changed or moved."""
    place, _type = _describe(column, row)
    if sealed.token.startswith(f"{_VERSION}."):
        return open_text(sealed.token, place, *row)
    if not chosen_ring().ring.takes_plain or not sealed.token:
        raise _make_broken(place)
    return _open_fernet(sealed.token, place) if place in _FERNET_PURPOSE else sealed.token


def unseal_or_none(sealed: Sealed | None, column: Place, *row: object) -> str | None:
    """Return what was sealed, None where there is nothing; raises as `unseal` does."""
    return None if sealed is None else unseal(sealed, column, *row)


def blind(text: str, column: Place) -> str:
    """Return what stands in the blind index for `text`."""
    place, kind = _describe(column, None)
    return chosen_ring().digest("index", place, text.lower() if kind.is_folded else text)


def is_text(column: QueryableAttribute[Any], text: str) -> ColumnElement[bool]:
    """Return the condition that a column with a blind index holds `text`: by its index, or as it stood before."""
    _place, kind = _describe(column, None)
    index: ColumnElement[Any] = column.class_.__table__.c[kind.index]
    found = index == blind(text, column)
    if not chosen_ring().ring.takes_plain:
        return found
    plain: Any = type_coerce(column, Text())
    return or_(
        found, and_(index.is_(None), plain.ilike(_escape(text), escape="\\") if kind.is_folded else plain == text)
    )


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def seal_text(text: str, key: DataKey, place: str, *row: object) -> str:
    """Return the envelope of a text: version, key, nonce with ciphertext and tag."""
    sealed = encrypt(key, text.encode("utf-8", "surrogatepass"), bind(_VERSION, key.id, key.algorithm, place, *row))
    return f"{_VERSION}.{key.id}.{base64.urlsafe_b64encode(sealed).decode()}"


def open_text(token: str, place: str, *row: object) -> str:
    """Return what an envelope holds; SealError as `unseal` raises it."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        raise _make_broken(place)
    key = find_key(parts[1], place)
    try:
        sealed = base64.b64decode(parts[2], altchars=b"-_", validate=True)
        return decrypt(key, sealed, bind(_VERSION, key.id, key.algorithm, place, *row)).decode("utf-8", "surrogatepass")
    except (InvalidTag, binascii.Error, ValueError):
        raise _make_broken(place) from None


def find_key(key_id: str, place: str) -> DataKey:
    """Return a key of the ring; SealError names the one that is missing."""
    found = chosen_ring().ring.keys.get(key_id)
    if found is None:
        path = chosen_ring().path
        raise SealError(
            "data_key_missing",
            Sentence(
                f"缺少数据密钥{key_id}，无法读取{place}；请把含该密钥的文件放回{path}。",
                f"The data key {key_id} is missing, so {place} cannot be read; put the file that holds it back: {path}",
            ),
        )
    return found


def read_key_id(token: str) -> str | None:
    """Return the name of the key that sealed a value; None for one that no data key sealed."""
    parts = token.split(".")
    return parts[1] if len(parts) == _PARTS and parts[0] == _VERSION else None


def list_sealed(metadata: MetaData) -> Iterator[tuple[Table, Column[Any], SealedText]]:
    """Yield every column that holds sealed values."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, SealedText):
                yield table, column, column.type


def _describe(column: Place, row: tuple[object, ...] | None) -> tuple[str, SealedText]:
    found = column if isinstance(column, Column) else cast("Column[Any]", column.property.columns[0])
    kind = cast("SealedText", found.type)
    place = f"{found.table}.{found.name}"
    if row is not None and len(row) != len(kind.by):
        raise TypeError(f"{place} is bound by {', '.join(kind.by)}")
    return place, kind


def _make_broken(place: str) -> SealError:
    said = Sentence(
        f"{place}中的内容无法解密：已被改动，或来自别处。",
        f"What stands in {place} does not open: it was changed, or belongs elsewhere.",
    )
    return SealError("sealed_broken", said)


def _open_fernet(token: str, place: str) -> str:
    try:
        return _make_box(_keepers[0].secret_key, _FERNET_PURPOSE[place]).decrypt(token.encode()).decode()
    except InvalidToken:
        raise _make_broken(place) from None


@lru_cache(maxsize=8)
def _make_box(secret_key: str, purpose: str) -> Fernet:
    key = HKDF(SHA256(), _FERNET_KEY_BYTES, salt=None, info=f"lianban {purpose}".encode()).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(key))
