"""Rows that point to rows that are not there: a SQLite file can come to hold them, and its backup then does."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.core.backup.errors import BackupError
from app.core.database import Database, make_engine
from app.jobs.backup.restoring import restore
from tests.app.jobs.backup.staging import KINDS, back_up, empty_place, list_touched, make_tools, opened
from tests.city import fill_city
from tests.databases import copy_filled_sqlite, drop_sqlite


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_reference_is_named(database_folder: Path, tmp_path: Path, kind: str) -> None:
    """Whoever changed a row by hand, with the checks off: found when the rows are in, and all of it is taken back."""
    url, _ = copy_filled_sqlite(database_folder, fill_city)
    source = Database(make_engine(url))
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as shell:  # which checks no reference by itself
        shell.execute("UPDATE department SET parent_id = 4711 WHERE id = 1")
        shell.commit()
    back_up(source, tmp_path, tmp_path / "a")
    with empty_place(kind) as place:
        with opened(tmp_path / "a") as read, pytest.raises(BackupError, match=r"of department points to a row.* that is not there"):
            restore(make_tools(place, tmp_path / "var"), read)
        assert list_touched(place, tmp_path / "var") == []
    source.engine.dispose()
    drop_sqlite(url)
