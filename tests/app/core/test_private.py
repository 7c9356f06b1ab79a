"""What the product makes on a machine is for its owner only: the folder, the database and the files beside it."""

import os
from pathlib import Path

from sqlalchemy import text

from app.core.database import make_engine
from app.core.gate import Gate
from config import read_settings


def mode(path: Path) -> int:
    """Return who may do what with a file."""
    return path.stat().st_mode & 0o777


def test_the_folder_is_its_owners(tmp_path: Path) -> None:
    """Made 0700 when it is not there; one that is there keeps what its owner chose."""
    before = os.umask(0o022)
    try:
        read_settings({"LIANBAN_VAR": str(tmp_path / "a" / "var")})
        (tmp_path / "b").mkdir(mode=0o750)
        read_settings({"LIANBAN_VAR": str(tmp_path / "b")})
    finally:
        os.umask(before)
    assert mode(tmp_path / "a" / "var") == 0o700
    assert mode(tmp_path / "b") == 0o750


def test_the_database_is_its_owners(tmp_path: Path) -> None:
    """The file, its log and the lock beside it: 0600 under the usual umask."""
    path, before = tmp_path / "lianban.sqlite3", os.umask(0o022)
    try:
        engine = make_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            connection.execute(text("CREATE TABLE t (x)"))
            connection.execute(text("COMMIT"))
            names = sorted(one.name for one in tmp_path.iterdir())
            modes = {mode(one) for one in tmp_path.iterdir()}
        with Gate(tmp_path / "lock").passed():
            assert mode(tmp_path / "lock") == 0o600
        engine.dispose()
    finally:
        os.umask(before)
    assert names == ["lianban.sqlite3", "lianban.sqlite3-shm", "lianban.sqlite3-wal"]
    assert modes == {0o600}
