"""Which store an installation has: a folder, or a bucket named by an address; read and made in one place.

A bucket's address carries no secret, so it may be shown; the key comes in two settings of its own.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from app.core.object_store import AccessKey, ObjectPlace, ObjectStore
from app.core.store import FolderStore, Store

_PREFIX = "LIANBAN_STORE"
STORE_SETTINGS = (_PREFIX, f"{_PREFIX}_KEY_ID", f"{_PREFIX}_SECRET")


@dataclass(frozen=True, slots=True)
class StoreChoice:
    """Where files lie (None: in the installation's folder), and the key for buckets, where there is one."""

    place: ObjectPlace | None = None
    key: AccessKey | None = None

    @classmethod
    def parse(cls, place: str, key_id: str, secret: str) -> Self:
        """Read the three settings; ValueError names the one that is wrong and what was expected."""
        if bool(key_id) != bool(secret):
            missing = "SECRET" if key_id else "KEY_ID"
            raise ValueError(f"{_PREFIX}_{missing}: needed beside {_PREFIX}_{'KEY_ID' if key_id else 'SECRET'}")
        key = AccessKey(key_id, secret) if key_id else None
        if not place:
            return cls(None, key)
        if key is None:
            raise ValueError(f"{_PREFIX}_KEY_ID, {_PREFIX}_SECRET: needed with {_PREFIX}")
        try:
            return cls(ObjectPlace.parse(place), key)
        except ValueError as error:
            raise ValueError(f"{_PREFIX}: {error}, e.g. {EXAMPLE}") from error


EXAMPLE = "s3://lianban/files?endpoint=https://s3.example.gov&region=cn-north-1"
#: The installation's own folder.
FOLDER = StoreChoice()


def choose_store(choice: StoreChoice, folder: Path) -> Store:
    """Make the store that was chosen; `folder` is the installation's own."""
    if choice.place is None:
        return FolderStore(folder)
    if choice.key is None:
        raise ValueError(f"{_PREFIX}_KEY_ID, {_PREFIX}_SECRET: needed for a bucket")
    return ObjectStore(choice.place, choice.key)


def read_choice(place: str, own: StoreChoice) -> tuple[StoreChoice, Path]:
    """Read what a command was given, an address or a folder's absolute path, to be opened with the key of `own`.

    ValueError says what was expected.
    """
    if place.startswith("s3:"):
        return StoreChoice(ObjectPlace.parse(place), own.key), Path()
    folder = Path(place)
    if not folder.is_absolute():
        raise ValueError(f"expected an absolute path or {EXAMPLE}")
    return FOLDER, folder
