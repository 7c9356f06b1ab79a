"""Copies what one store keeps into another, each file by its hash; begun again it goes on where it ended."""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal, cast

from app.core.sealing import SealError
from app.core.store import Store, copy_hashed, hash_stream

_IN_MEMORY = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one file; `fault` says what is wrong with it (empty: nothing)."""

    name: str
    how: Literal["copied", "there", "gone", "fault"]
    size_bytes: int = 0
    fault: str = ""


def copy_files(source: Store, target: Store, *, is_checked: bool) -> Iterator[Moved]:
    """Copy what `target` lacks, and tell of each file; bytes that do not have the hash of their name stay behind.

    `is_checked`: what `target` has, or has got now, is read again there and compared; what differs is copied anew.
    StoreAwayError when one of them cannot be reached; what was copied by then stays copied.
    """
    there = set(target.names())
    for name in source.names():
        if name in there and (not is_checked or _has_hash(target, name)):
            yield Moved(name, "there")
        else:
            yield _copy(source, target, name, is_checked=is_checked)


def _copy(source: Store, target: Store, name: str, *, is_checked: bool) -> Moved:
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        kept = cast("BinaryIO", spool)
        try:
            with source.open(name) as stream:
                found = copy_hashed(stream, kept, sys.maxsize)
        except FileNotFoundError:  # dropped since it was listed
            return Moved(name, "gone")
        except SealError as error:
            return Moved(name, "fault", fault=error.sentence.en)
        if found.sha256 != name:
            return Moved(name, "fault", fault=f"the bytes have the hash {found.sha256}")
        kept.seek(0)
        target.put(kept, found.size_bytes)
    if is_checked and not _has_hash(target, name):
        return Moved(name, "fault", fault="read again at the target, the bytes have another hash")
    return Moved(name, "copied", found.size_bytes)


def _has_hash(store: Store, name: str) -> bool:
    try:
        with store.open(name) as stream:
            return hash_stream(stream).sha256 == name
    except (FileNotFoundError, SealError):
        return False
