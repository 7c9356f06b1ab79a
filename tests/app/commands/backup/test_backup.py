"""`flask backup`, `flask restore`, `flask db move` and `db downgrade` as somebody at a terminal meets them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.clock import FixedClock
from app.core.database import Database
from app.core.store import FolderStore
from app.factory import create_app
from app.models.record import Audit
from config import read_settings
from tests.app.jobs.backup.staging import empty_place, fill, read_all, url_of
from tests.city import NOW
from tests.client import Caller, make_settings

Said = tuple[int, Any, list[str]]


def run(app: Flask, *args: str) -> Said:
    """Run a command; return status, what it printed (read as JSON where it is), lines on stderr."""
    done = app.test_cli_runner().invoke(args=args)
    out = done.stdout.strip()
    return done.exit_code, json.loads(out) if out.startswith("{") else out, done.stderr.splitlines()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Flask, Database]]:
    """Give an installation of its own with an empty database, and no messages in Chinese."""
    with empty_place("sqlite") as database:
        settings = replace(make_settings(url_of(database), tmp_path / "new"), locale="en", secret_key="z" * 40)
        yield create_app(settings, FixedClock(NOW)), database


def test_a_backup_is_made_checked_and_restored(caller: Caller, place: tuple[Flask, Database], tmp_path: Path) -> None:
    """The whole way, each step with its counts; the act is on record on both sides."""
    fill(caller.city, tmp_path)
    app, database = place
    path = str(tmp_path / "city.lianban")
    status, made, errors = run(caller.app, "backup", path)
    assert (status, errors) == (0, [])
    assert (made["file"], made["sealed"], made["files"], made["file_faults"]) == (path, False, 1, 0)
    assert read_all(caller.city.database, Audit, Audit.action)[-1] == ("backup",)
    status, checked, _ = run(app, "backup", "check", path)
    assert (status, checked["digest"], checked["rows"]) == (0, made["digest"], made["rows"])
    warned = ["LIANBAN_SECRET_KEY is another than where the backup was made: second factors and what else is sealed"]
    status, could, errors = run(app, "restore", path, "--check")
    assert (status, could["rows"], [line[: len(warned[0])] for line in errors]) == (0, made["rows"], warned)
    status, restored, errors = run(app, "restore", path)
    assert (status, restored["digest"], restored["faults"], len(errors)) == (0, made["digest"], 0, 1)
    assert restored["held"]["mails"] > 0
    assert (restored["works"], restored["sessions"], restored["plans"]) == (1, 1, [])
    with database.reading() as session:
        act = session.execute(select(Audit).order_by(Audit.id.desc()).limit(1)).scalar_one()
    assert (act.action, (act.after or {})["digest"]) == ("restore", made["digest"])
    status, _, errors = run(app, "restore", path)
    assert (status, errors[0][:26]) == (1, "The database is not empty:")


def test_what_is_wrong_is_one_line(caller: Caller, place: tuple[Flask, Database], tmp_path: Path) -> None:
    """Status 1 and a sentence, never a trace; a lost file ends with 1 and keeps the backup."""
    fill(caller.city, tmp_path)
    app, _ = place
    store = FolderStore(tmp_path / "files")
    (scan,) = store.names()
    (tmp_path / "files" / scan[:2] / scan[2:4] / scan).unlink()
    path = tmp_path / "city.lianban"
    assert run(caller.app, "backup", str(path))[0] == 1
    status, told, errors = run(app, "backup", "check", str(path))
    assert (status, told["file_faults"]) == (1, 1)
    assert errors == [f"when the backup was made, file {scan}: missing"]
    status, _, errors = run(app, "backup", "check", str(tmp_path / "none"))
    assert (status, errors) == (1, [f"{tmp_path / 'none'} cannot be read (No such file or directory)."])
    path.write_bytes(path.read_bytes()[:-600])
    status, _, errors = run(app, "restore", str(path))
    assert (status, errors[0][:23], len(errors)) == (1, "The backup is damaged: ", 1)
    status, _, errors = run(app, "backup", str(tmp_path / "x"))
    assert (status, errors) == (1, ["The database is not upgraded; run: flask db upgrade"])
    assert run(app, "backup")[0] == 2


def test_a_key_file_seals(caller: Caller, tmp_path: Path) -> None:
    """`LIANBAN_BACKUP_KEY` as it is set: the first of several seals, each opens."""
    keys = []
    for name in ("new", "old"):
        keys.append(tmp_path / f"{name}.key")
        keys[-1].write_text(("1" if name == "new" else "2") * 64)
    base = {"LIANBAN_VAR": str(tmp_path), "LIANBAN_DATABASE_URL": url_of(caller.city.database)}
    path = str(tmp_path / "sealed")
    old = create_app(read_settings({**base, "LIANBAN_BACKUP_KEY": str(keys[1])}), FixedClock(NOW))
    status, made, _ = run(old, "backup", path)
    assert (status, made["sealed"]) == (0, True)
    both = ",".join(map(str, keys))
    new = create_app(read_settings({**base, "LIANBAN_BACKUP_KEY": both}), FixedClock(NOW))
    assert run(new, "backup", "check", path)[0] == 0
    status, _, errors = run(caller.app, "backup", "check", path)
    assert (status, len(errors)) == (1, 1)
    assert "LIANBAN_BACKUP_KEY" in errors[0]


def test_a_city_moves_by_one_command(caller: Caller) -> None:
    """Counts are printed; an address that is none is bad use."""
    with empty_place("sqlite") as target:
        status, moved, errors = run(caller.app, "db", "move", "--to", url_of(target))
        assert (status, errors, moved["differences"]) == (0, [], 0)
        status, _, errors = run(caller.app, "db", "move", "--to", url_of(target))
        assert (status, len(errors)) == (1, 1)
    assert run(caller.app, "db", "move", "--to", "mysql://x")[0] == 2


def test_what_cannot_go_back_is_named(caller: Caller) -> None:
    """One line instead of a trace, and nothing is changed; what can go back does, and comes again."""
    app = caller.app
    status, out, _ = run(app, "db", "downgrade", "0028")
    assert (status, out) == (0, "database stands at 0028")
    assert caller.client.get("/readyz").json["status"] == "not_upgraded"
    assert run(app, "db", "upgrade")[0] == 0
    assert caller.client.get("/readyz").json["status"] == "ok"
    caller.city.project()
    with caller.city.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE items SET kind = 'slip'")
    status, _, errors = run(app, "db", "downgrade", "0004")
    assert (status, len(errors)) == (1, 1)
    assert "版本0005不能退回" in errors[0]
    assert caller.client.get("/readyz").json["status"] == "ok"
    status, _, errors = run(app, "db", "downgrade", "9999")
    assert (status, errors) == (1, ["没有可以退回的版本9999。"])
