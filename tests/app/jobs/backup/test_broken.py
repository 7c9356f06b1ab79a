"""Killed at the worst moments: no half backup, no half city that serves, and the same command again does it."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core.backup.errors import BackupError
from app.core.clock import FixedClock
from app.core.database import Database, make_engine
from app.core.errors import UnavailableError
from app.edge.startup import current_readiness
from app.factory import create_app
from app.jobs.backup import making, restoring
from app.jobs.backup.restoring import restore
from app.models.item import Item
from app.models.record import History
from tests.app.jobs.backup.staging import (
    back_up,
    empty_place,
    fill,
    make_tools,
    opened,
    read_all,
    read_standing,
    url_of,
)
from tests.city import NOW, City
from tests.client import make_settings

#: Where a restore is killed: while it puts files, with all rows in and none committed, with rows that are there.
PLACES = ("_put_files", "require_same", "run_sweep")


def kill_within(work: Callable[[Callable[..., Any]], None]) -> None:
    """Run `work` in a process of its own and kill it (SIGKILL) as soon as it calls what it is given."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:

        def stand_still(*_: Any, **__: Any) -> None:  # noqa: ANN401  # in the place of any function
            os.write(writes, b"here")
            signal.pause()

        try:
            work(stand_still)
        finally:
            os._exit(1)
    os.close(writes)
    try:
        assert os.read(reads, 4) == b"here", "it ended before it came there"
        os.kill(child, signal.SIGKILL)
    finally:
        os.waitpid(child, 0)
        os.close(reads)


def test_a_killed_backup_leaves_no_file(city: City, tmp_path: Path) -> None:
    """What lies there is called .part; the next run writes over it. Two at once do not mix."""
    fill(city, tmp_path)
    path, url = tmp_path / "a", url_of(city.database)

    def work(stand_still: Callable[..., Any]) -> None:
        vars(making)["write_files"] = stand_still  # in the child alone
        back_up(Database(make_engine(url)), tmp_path, path)

    kill_within(work)
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["a.part"]
    assert back_up(city.database, tmp_path, path).manifest.rows
    assert not (tmp_path / "a.part").exists()
    with pytest.raises(BackupError, match="such a file already"):
        back_up(city.database, tmp_path, path)


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_restore_serves_nothing_and_is_done_again(city: City, tmp_path: Path, place: str) -> None:
    """Wherever it is killed: readiness and commands say what to do, another backup is refused, the same one goes on."""
    fill(city, tmp_path)
    path, var, other = tmp_path / "a", tmp_path / "var", tmp_path / "b"
    made = back_up(city.database, tmp_path, path)
    city.task()
    back_up(city.database, tmp_path, other)
    with empty_place("postgresql" if city.database.is_postgresql else "sqlite") as database:
        url = url_of(database)

        def work(stand_still: Callable[..., Any]) -> None:
            vars(restoring)[place] = stand_still  # in the child alone
            with opened(path) as source:
                restore(make_tools(Database(make_engine(url)), var), source)

        kill_within(work)
        app = create_app(make_settings(url, var), FixedClock(NOW))
        assert read_standing(app) == (503, "restore_unfinished")
        with app.app_context(), pytest.raises(UnavailableError, match=f"flask restore {path}"):
            current_readiness().require()
        assert app.test_client().get("/inbox").status_code == 503
        if place == "run_sweep":
            with opened(other) as source, pytest.raises(BackupError, match="Another restore was not finished"):
                restore(make_tools(database, var), source)
        with opened(path) as source:
            done = restore(make_tools(database, var), source)
        assert (done.verdict.faults, done.checked.digest) == ((), made.digest)
        assert read_standing(app) == (200, "ok")
        assert len(read_all(database, Item)) == made.manifest.tables["items"].rows
        assert len(read_all(database, History)) == made.manifest.tables["history"].rows
