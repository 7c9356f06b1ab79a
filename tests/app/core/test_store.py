"""The store in a folder: where files lie, what a killed process leaves; the rest is in test_store_contract.py."""

import errno
import hashlib
import io
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.store import FolderStore, StoreAwayError, TooLargeError

BYTES = "批示扫描件".encode() * 1000
NAME = hashlib.sha256(BYTES).hexdigest()
LATER = datetime.now(UTC) + timedelta(hours=1)
EARLIER = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """Give an empty store."""
    return FolderStore(tmp_path / "files")


def files(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "files").rglob("*") if path.is_file())


def test_what_is_put_is_found_under_its_hash(store: FolderStore, tmp_path: Path) -> None:
    """DESIGN: ab/cd/<sha256>, mode 0600, below folders that only the owner enters."""
    assert not store.exists(NAME)
    stored = store.put(io.BytesIO(BYTES), len(BYTES))
    assert (stored.sha256, stored.size_bytes) == (NAME, len(BYTES))
    (path,) = files(tmp_path)
    assert path == tmp_path / "files" / NAME[:2] / NAME[2:4] / NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700
    with store.open(NAME) as stream:
        assert stream.read() == BYTES
    assert list(store.names()) == [NAME]


def test_too_much_is_refused_and_leaves_nothing(store: FolderStore, tmp_path: Path) -> None:
    """A stream past the limit is broken off, whatever it said of its length."""
    with pytest.raises(TooLargeError):
        store.put(io.BytesIO(BYTES), len(BYTES) - 1)
    assert files(tmp_path) == []


def test_bytes_that_are_put_again_are_young(store: FolderStore, tmp_path: Path) -> None:
    """Old bytes without a row that somebody uploads once more are not dropped from under the new row."""
    store.put(io.BytesIO(BYTES), len(BYTES))
    (path,) = files(tmp_path)
    os.utime(path, (0, 0))
    store.put(io.BytesIO(BYTES), len(BYTES))
    assert not store.delete(NAME, EARLIER)
    assert store.exists(NAME)


def test_bytes_that_are_put_while_they_are_dropped_stay(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race: found old, put anew, then taken aside; they come back under their name."""
    store.put(io.BytesIO(BYTES), len(BYTES))
    (path,) = files(tmp_path)
    os.utime(path, (0, 0))
    rename = Path.rename

    def put_first(self: Path, target: Path) -> Path:
        store.put(io.BytesIO(BYTES), len(BYTES))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", put_first)
    assert not store.delete(NAME, EARLIER)
    assert store.exists(NAME)
    assert len(files(tmp_path)) == 1


def test_parts_of_broken_off_writes_are_tidied_when_old(store: FolderStore, tmp_path: Path) -> None:
    """What a killed process left goes after a day; a running upload's part stays."""
    store.put(io.BytesIO(BYTES), len(BYTES))
    for name, age in (("old.part", 0), ("young.part", None)):
        (tmp_path / "files" / name).write_bytes(b"x")
        if age is not None:
            os.utime(tmp_path / "files" / name, (age, age))
    assert store.tidy(EARLIER) == 1
    assert sorted(path.name for path in files(tmp_path)) == sorted([NAME, "young.part"])


def test_a_full_disk_takes_nothing_and_keeps_no_part(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No room: the store is away for now, which a work tries again and a person is told; nothing half is left."""

    def fail(_place: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(StoreAwayError) as told:
            store.put(io.BytesIO(BYTES), len(BYTES))
    assert told.value.code == "store_full"
    assert files(tmp_path) == []
    assert store.put(io.BytesIO(BYTES), len(BYTES)).sha256 == NAME


def test_a_process_killed_while_it_writes_leaves_no_file_under_a_name(store: FolderStore, tmp_path: Path) -> None:
    """Killed in the middle of a write: a part remains, nothing that could be read as a file."""
    script = (
        "import io, os, signal, sys\nfrom pathlib import Path\nfrom app.core.store import FolderStore\n"
        "class Killing(io.BytesIO):\n"
        "    def read(self, size=-1):\n"
        "        if self.tell(): os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return super().read(100)\n"
        "FolderStore(Path(sys.argv[1])).put(Killing(b'x' * 1000), 10000)\n"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "files")], cwd=root, check=False, timeout=60)
    assert done.returncode == -9
    assert list(store.names()) == []
    assert [path.suffix for path in files(tmp_path)] == [".part"]
    assert store.tidy(LATER) == 1
