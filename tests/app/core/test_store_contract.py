"""What every store promises, asked of each kind: a folder, and a bucket on a real server."""

import hashlib
import io
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.sealed_store import SealedStore
from app.core.store import FolderStore, Store, TooLargeError, hash_stream
from tests.servers.bucket import make_bucket_store

BYTES = "批示扫描件".encode() * 1000
NAME = hashlib.sha256(BYTES).hexdigest()
LATER = datetime.now(UTC) + timedelta(hours=1)
EARLIER = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture(params=["folder", "bucket", "sealed folder", "sealed bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Give an empty store of each kind."""
    store: Store = FolderStore(tmp_path / "files") if "folder" in request.param else make_bucket_store()
    return SealedStore(store) if "sealed" in request.param else store


def test_what_is_put_is_found_under_its_hash(store: Store) -> None:
    """The name is the SHA-256 of the bytes, and what comes back is the bytes."""
    assert not store.exists(NAME)
    stored = store.put(io.BytesIO(BYTES), len(BYTES))
    assert (stored.sha256, stored.size_bytes) == (NAME, len(BYTES))
    assert store.exists(NAME)
    with store.open(NAME) as stream:
        assert stream.read() == BYTES
    assert list(store.names()) == [NAME]


def test_nothing_is_something(store: Store) -> None:
    """Empty bytes have a hash like others."""
    name = hashlib.sha256(b"").hexdigest()
    assert store.put(io.BytesIO(b""), 0).sha256 == name
    with store.open(name) as stream:
        assert stream.read() == b""


def test_only_the_rest_of_a_stream_is_kept(store: Store) -> None:
    """A stream is taken from its present place on."""
    stream = io.BytesIO(b"read already" + BYTES)
    stream.seek(12)
    assert store.put(stream, len(BYTES)).sha256 == NAME


def test_the_same_bytes_are_kept_once(store: Store) -> None:
    """Content-addressed: twice the same is one file."""
    assert store.put(io.BytesIO(BYTES), len(BYTES)) == store.put(io.BytesIO(BYTES), len(BYTES))
    assert list(store.names()) == [NAME]


def test_a_stream_can_be_wound(store: Store) -> None:
    """Whoever hands a file out asks for its size by going to its end and back."""
    store.put(io.BytesIO(BYTES), len(BYTES))
    with store.open(NAME) as stream:
        assert stream.read(7) == BYTES[:7]
        assert stream.seek(0, io.SEEK_END) == len(BYTES)
        assert stream.read(1) == b""
        assert stream.seek(-3, io.SEEK_CUR) == len(BYTES) - 3
        assert stream.read() == BYTES[-3:]
        stream.seek(0)
        assert hash_stream(stream).sha256 == NAME
        with pytest.raises((ValueError, OSError)):
            stream.seek(-1)


def test_too_much_is_refused_and_leaves_nothing(store: Store) -> None:
    """A stream past the limit is broken off, whatever it said of its length."""
    with pytest.raises(TooLargeError):
        store.put(io.BytesIO(BYTES), len(BYTES) - 1)
    assert list(store.names()) == []


class _Broken(io.BytesIO):
    """A stream that breaks off in the middle."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise ConnectionError
        return super().read(100 if size != 0 else 0)


def test_a_stream_that_breaks_off_leaves_nothing(store: Store) -> None:
    """Half a file never stands under any name."""
    with pytest.raises(ConnectionError):
        store.put(_Broken(BYTES), len(BYTES))
    assert list(store.names()) == []


@pytest.mark.parametrize(
    "name", ["", "../../../etc/passwd", "a" * 63, "A" * 64, "/" + "a" * 63, "g" * 64, "a" * 64 + "\n"]
)
def test_p100_a_name_that_is_no_hash_leads_nowhere(store: Store, name: str) -> None:
    """P100: no path and no key is made of anything but 64 hexadecimal digits."""
    for call in (store.open, store.exists):
        with pytest.raises(ValueError, match="no SHA-256"):
            call(name)
    with pytest.raises(ValueError, match="no SHA-256"):
        store.delete(name, LATER)


def test_missing_bytes_are_missing(store: Store) -> None:
    """An empty store has nothing to give, to drop or to tidy."""
    with pytest.raises(FileNotFoundError):
        store.open(NAME)
    assert list(store.names()) == []
    assert not store.delete(NAME, LATER)
    assert store.tidy(LATER) == 0


def test_only_what_is_old_is_dropped(store: Store) -> None:
    """An upload writes its bytes before its row: young bytes stay."""
    store.put(io.BytesIO(BYTES), len(BYTES))
    assert not store.delete(NAME, EARLIER)
    assert store.exists(NAME)
    assert store.delete(NAME, LATER)
    assert not store.exists(NAME)
    assert store.tidy(LATER) == 0, "dropping leaves nothing behind"


def test_many_at_once_put_the_same(store: Store) -> None:
    """Eight uploads of the same bytes at the same moment end in one whole file."""
    barrier, results = threading.Barrier(8), []

    def run() -> None:
        barrier.wait()
        results.append(store.put(io.BytesIO(BYTES), len(BYTES)).sha256)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert results == [NAME] * 8
    with store.open(NAME) as stream:
        assert hash_stream(stream).sha256 == NAME
