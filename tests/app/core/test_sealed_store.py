"""A sealed store keeps the promises of any store; nothing of what it keeps stands in the clear or can be swapped."""

import hashlib
import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from app.core.pieces import PIECE_BYTES
from app.core.ring import AES, SM, RingFile, make_ring, write_ring
from app.core.sealed_store import SealedStore
from app.core.sealing import SealError, choose_ring
from app.core.store import FolderStore, TooLargeError, hash_stream
from tests.city import NOW
from tests.databases import SECRET_KEY

TEXT = "批示扫描件".encode()
SIZES = (0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES, 3 * PIECE_BYTES + 17)


@pytest.fixture
def inner(tmp_path: Path) -> FolderStore:
    """Give the store beneath."""
    return FolderStore(tmp_path / "files")


@pytest.fixture
def store(inner: FolderStore) -> SealedStore:
    """Give an empty sealed store."""
    return SealedStore(inner)


def keep(store: SealedStore, content: bytes) -> str:
    return store.put(io.BytesIO(content), len(content)).sha256


def lie(inner: FolderStore, name: str, content: bytes) -> None:
    """Put other bytes under a name, as whoever can write into the folder could."""
    inner.put(io.BytesIO(content), len(content), name=name)


def read(inner: FolderStore | SealedStore, name: str) -> bytes:
    with inner.open(name) as stream:
        return stream.read()


def other_ring(folder: Path, algorithm: str = AES) -> None:
    path = folder / "other.json"
    write_ring(path, make_ring(algorithm, NOW))
    choose_ring(RingFile(path), SECRET_KEY)


@pytest.mark.parametrize("algorithm", [AES, SM])
@pytest.mark.parametrize("size", SIZES)
def test_what_is_put_comes_back(
    store: SealedStore, inner: FolderStore, tmp_path: Path, size: int, algorithm: str
) -> None:
    """Under the hash of the plain bytes, whole and in parts from any place; beneath lies nothing of it."""
    other_ring(tmp_path, algorithm)
    content = os.urandom(size)
    stored = store.put(io.BytesIO(content), size)
    assert (stored.sha256, stored.size_bytes) == (hashlib.sha256(content).hexdigest(), size)
    assert list(store.names()) == [stored.sha256]
    assert store.exists(stored.sha256)
    with store.open(stored.sha256) as stream:
        assert hash_stream(stream).sha256 == stored.sha256
        assert stream.seek(0, io.SEEK_END) == size
        assert stream.read(1) == b""
        for place in {0, size // 2, max(size - 3, 0), min(PIECE_BYTES, size)}:
            assert stream.seek(place) == place
            assert stream.read(5) == content[place : place + 5]
        stream.seek(-min(size, 2), io.SEEK_CUR)
        with pytest.raises(ValueError, match="before the beginning"):
            stream.seek(-1)
    beneath = read(inner, stored.sha256)
    assert size < 8 or content[:8] not in beneath
    assert len(beneath) < size + 300 + 16 * (size // PIECE_BYTES + 1)


def test_the_same_bytes_are_kept_once_and_never_look_the_same(store: SealedStore, inner: FolderStore) -> None:
    """Each time with a key of its own."""
    name = keep(store, TEXT)
    first = read(inner, name)
    assert keep(store, TEXT) == name
    assert list(store.names()) == [name]
    assert read(inner, name) != first
    assert read(store, name) == TEXT


def test_too_much_is_refused_and_leaves_nothing(store: SealedStore, tmp_path: Path) -> None:
    """A stream past the limit, or one that breaks off; one that gives little at a time is whole."""
    with pytest.raises(TooLargeError):
        store.put(io.BytesIO(TEXT), len(TEXT) - 1)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 1000))

    content = os.urandom(2 * PIECE_BYTES + 5)
    assert store.put(Slow(content), len(content)).sha256 == hashlib.sha256(content).hexdigest()
    assert read(store, hashlib.sha256(content).hexdigest()) == content


def spoil(sealed: bytes) -> Iterator[bytes]:
    """Yield what somebody could make of a sealed file of four pieces."""
    head, _, body = sealed.partition(b"\n")
    step = PIECE_BYTES + 16
    pieces = [body[at : at + step] for at in range(0, len(body), step)]
    assert len(pieces) == 4
    line = head + b"\n"
    yield line + b"".join(pieces[:3])
    yield line + b"".join(pieces[:1])
    yield line + body[:-1]
    yield line + body + b"x"
    yield line + b"".join(pieces[one] for one in (1, 0, 2, 3))
    yield line + b"".join(pieces[one] for one in (0, 2, 3))
    yield line
    yield line + bytes([body[0] ^ 1]) + body[1:]
    yield line.replace(b"AES-256-GCM", b"SM4-GCM") + body
    yield head[:-9] + b"AAAAAAAA=\n" + body
    yield body


def test_nothing_of_a_file_can_be_changed(store: SealedStore, inner: FolderStore) -> None:
    """Cut off, lengthened, mixed up, swapped for a plain one: it does not open, and what is wrong is said."""
    name = keep(store, os.urandom(3 * PIECE_BYTES + 5))
    sealed = read(inner, name)
    assert len(list(spoil(sealed))) == 11
    for content in spoil(sealed):
        lie(inner, name, content)
        with pytest.raises(SealError, match=r"does not open|was changed"):
            read(store, name)
    lie(inner, name, sealed)
    assert hashlib.sha256(read(store, name)).hexdigest() == name


def test_a_file_under_another_name_does_not_open(store: SealedStore, inner: FolderStore) -> None:
    """The head is bound to the name: one document is never handed out for another."""
    one, two = keep(store, b"one"), keep(store, b"two")
    lie(inner, two, read(inner, one))
    with pytest.raises(SealError):
        read(store, two)


def test_plain_files_of_before_are_read_if_they_are_what_they_say(
    store: SealedStore, inner: FolderStore, tmp_path: Path, data_keys: RingFile
) -> None:
    """Until the ring takes them no more; a plain file in place of another is refused at once."""
    name = inner.put(io.BytesIO(TEXT), 100).sha256
    assert read(store, name) == TEXT
    with store.open(name) as stream:
        assert stream.seek(0, io.SEEK_END) == len(TEXT)
    store.check_head(name)
    lie(inner, name, b"another")
    with pytest.raises(SealError, match="file_broken"):
        store.open(name)
    lie(inner, name, TEXT)
    path = tmp_path / "closed.json"
    write_ring(path, data_keys.ring.close())
    choose_ring(RingFile(path), SECRET_KEY)
    for ask in (store.open, store.check_head):
        with pytest.raises(SealError, match="file_broken"):
            ask(name)


@pytest.mark.parametrize(("old", "new"), [(AES, AES), (AES, SM), (SM, AES), (SM, SM)])
def test_files_move_to_the_active_key(tmp_path: Path, inner: FolderStore, old: str, new: str) -> None:
    """Plain ones and an old key's; of the same algorithm only the head changes. A second time nothing is done."""
    other_ring(tmp_path, old)
    store, content = SealedStore(inner), os.urandom(PIECE_BYTES + 9)
    name = keep(store, content)
    plain = inner.put(io.BytesIO(TEXT), 100).sha256
    before = read(inner, name)
    path = tmp_path / "other.json"
    ring = RingFile(path).ring.add(new, NOW)
    write_ring(path, ring.activate(list(ring.keys)[-1]))
    assert store.reseal(name)
    assert store.reseal(plain)
    assert not store.reseal(name)
    assert not store.reseal(plain)
    assert (read(store, name), read(store, plain)) == (content, TEXT)
    after = read(inner, name)
    assert (after.partition(b"\n")[2] == before.partition(b"\n")[2]) == (old == new)
    with pytest.raises(FileNotFoundError):
        store.reseal("0" * 64)


def test_who_reads_while_a_file_is_sealed_anew_reads_on(inner: FolderStore) -> None:
    """A store that fetches piece by piece finds other bytes in the middle: the head is read again, the text goes on."""

    class Fetching(FolderStore):
        """Reads what lies there at that moment, as from a bucket."""

        def open(self, sha256: str) -> BinaryIO:
            lookup = super().open

            class Stream(io.BytesIO):
                def read(self, size: int | None = -1, /) -> bytes:
                    at = super().tell()
                    with lookup(sha256) as now:
                        super().seek(0)
                        super().write(now.read())
                    super().seek(at)
                    return super().read(size)

            with lookup(sha256) as now:
                return Stream(now.read())

    content = os.urandom(3 * PIECE_BYTES)
    name = keep(SealedStore(inner), content)
    store = SealedStore(Fetching(inner._folder))  # noqa: SLF001  # the same folder
    with store.open(name) as stream:
        first = stream.read(PIECE_BYTES)
        keep(SealedStore(inner), content)
        assert first + stream.read() == content


def test_a_missing_key_is_named_and_nothing_is_touched(store: SealedStore, inner: FolderStore, tmp_path: Path) -> None:
    """Reading, sealing anew and checking say which key they miss; the file stays as it was."""
    name = keep(store, TEXT)
    before = read(inner, name)
    other_ring(tmp_path)
    for ask in (store.open, store.reseal, store.check_head):
        with pytest.raises(SealError, match="data_key_missing"):
            ask(name)
    assert read(inner, name) == before


def test_age_and_tidying_are_those_beneath(store: SealedStore, tmp_path: Path) -> None:
    """What was put again is young; parts of broken-off writes go."""
    name = keep(store, TEXT)
    for path in (tmp_path / "files").rglob(name):
        os.utime(path, (1, 1))
    now = datetime.now(UTC)
    (tmp_path / "files" / "x.part").touch()
    assert store.tidy(now + timedelta(hours=1)) == 1
    keep(store, TEXT)
    assert not store.delete(name, now - timedelta(hours=1))
    assert store.delete(name, now + timedelta(hours=1))
    assert not store.exists(name)
