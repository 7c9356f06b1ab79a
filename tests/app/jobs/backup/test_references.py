"""Rows that point to rows that are not there: a SQLite file can come to hold them, and its backup then does."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from app.core.backup.errors import BackupError
from app.core.database import Database, make_engine
from app.jobs.backup.restoring import restore
from tests.app.commands.backup.test_backup import run
from tests.app.jobs.backup.staging import KINDS, back_up, empty_place, list_touched, make_tools, opened, url_of
from tests.city import fill_city
from tests.client import Caller
from tests.databases import copy_filled_sqlite, drop_sqlite


def break_reference(url: str) -> None:
    """Do what somebody with a shell can do to a SQLite file: by itself it checks no reference."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as shell:
        shell.execute("UPDATE department SET parent_id = 4711 WHERE id = 1")
        shell.commit()


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_reference_is_named(database_folder: Path, tmp_path: Path, kind: str) -> None:
    """Told when the backup is made already; a restore finds it when the rows are in, and all of it is taken back."""
    url, _ = copy_filled_sqlite(database_folder, fill_city)
    source = Database(make_engine(url))
    break_reference(url)
    broken = back_up(source, tmp_path, tmp_path / "a").broken
    assert broken is not None
    assert broken.en == "Row 1 of department points to a row of department that is not there."
    with empty_place(kind) as place:
        with (
            opened(tmp_path / "a") as read,
            pytest.raises(BackupError, match=r"of department points to a row.* that is not there"),
        ):
            restore(make_tools(place, tmp_path / "var"), read)
        assert list_touched(place, tmp_path / "var") == []
    source.engine.dispose()
    drop_sqlite(url)


def test_the_command_says_that_no_restore_takes_it(caller: Caller, tmp_path: Path) -> None:
    """The backup is kept, what is wrong is said, the status is 1; PostgreSQL lets nobody write such a row."""
    database = caller.city.database
    if database.is_postgresql:
        with pytest.raises(IntegrityError), database.writing() as session:
            session.connection().exec_driver_sql("UPDATE department SET parent_id = 4711 WHERE id = 1")
        return
    break_reference(url_of(database))
    status, told, errors = run(caller.app, "backup", str(tmp_path / "a"))
    assert (status, told["file_faults"], (tmp_path / "a").exists()) == (1, 0, True)
    assert errors == [
        "表department第1号指向表department中不存在的行。",
        "此备份无法恢复：请更正这一行，再重新备份。",
    ]
