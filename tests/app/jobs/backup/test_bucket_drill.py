"""The drill of a city whose files lie in a bucket: into another bucket, into a folder, broken off; and moved."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app.core import object_store
from app.core.backup.key import BackupKey
from app.core.clock import FixedClock
from app.core.database import Database
from app.core.object_store import ObjectPlace, ObjectStore
from app.core.sealed_store import SealedStore
from app.core.store import StoreAwayError
from app.core.store_choice import StoreChoice
from app.factory import create_app
from app.jobs.backup.making import Place, make_backup
from app.jobs.backup.restoring import check_backup, restore
from tests.app.commands.backup.test_backup import run
from tests.app.edge.paperwork.drawing import draw_plainly
from tests.app.jobs.backup.staging import (
    KINDS,
    SCAN,
    Kept,
    attach,
    back_up,
    empty_place,
    fill,
    kind_of,
    list_touched,
    make_tools,
    open_files,
    opened,
    read_standing,
    url_of,
)
from tests.app.jobs.backup.test_drill import Writers, check_ended, check_silence, look, make_token, print_paper
from tests.city import NOW, City
from tests.client import Caller, JsonClient, make_settings
from tests.servers.bucket import KEY, QUICK, client_of, make_bucket_store, make_place, open_way

BACKUP_KEY = BackupKey(b"K", bytes(32))
#: A bucket takes it in two parts, a backup as well.
LARGE = b"a large file, line %07d\n" * 230_000
#: What must find nothing in a restored or a moved city, and how each says so.
CHECKS = {
    ("audit", "verify"): '"faults": 0',
    ("fund", "check"): '"faults": 0',
    ("access", "check"): "",
    ("attachment", "check"): "2 checked, 0 faults, 0 files that no row needs",
    ("paper", "check"): "4 files checked, 0 faults",
    ("keys", "check"): "4 files, 0 faults",
}


def make_app(database: Database, var: Path, kept: Kept) -> Flask:
    """Return the application of an installation whose files lie in `kept`, and whose backups are sealed."""
    choice = StoreChoice(kept, KEY) if isinstance(kept, ObjectPlace) else StoreChoice()
    settings = replace(make_settings(url_of(database), var), store=choice, backup_keys=(BACKUP_KEY,))
    app = create_app(settings, FixedClock(NOW))
    app.testing, app.test_client_class = True, JsonClient
    return app


def check_all(app: Flask) -> None:
    """Run every check of a city as its keeper does."""
    for command, said in CHECKS.items():
        done = app.test_cli_runner().invoke(args=command)
        assert (done.exit_code, done.stderr) == (0, ""), (command, done.output)
        assert said in done.stdout, command


def count_history(path: Path) -> int:
    """Return how many rows of history a sealed backup holds."""
    with opened(path, BACKUP_KEY) as source:
        return check_backup(source).manifest.tables["history"].rows


def read_files(kept: Kept) -> dict[str, bytes]:
    """Return the plain bytes of every file of a store."""
    store, found = open_files(kept), dict[str, bytes]()
    for name in store.names():
        with store.open(name) as stream:
            found[name] = stream.read()
    return found


def read_objects(place: ObjectPlace) -> dict[str, bytes]:
    """Return what a bucket holds, byte for byte, by its keys."""
    client = client_of(make_bucket_store(place))
    keys = [found["Key"] for found in client.list_objects_v2(Bucket=place.bucket)["Contents"]]
    return {key: client.get_object(Bucket=place.bucket, Key=key)["Body"].read() for key in keys}


def test_a_city_in_a_bucket_comes_back(caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 9, part 4, by the commands: backed up while people write, into a bucket, and a folder on the other kind."""
    draw_plainly(monkeypatch, "order")
    monkeypatch.setattr(object_store, "PART_BYTES", 5 * 1024 * 1024)
    city, old, bucket, path = caller.city, caller.city.database, make_place(), tmp_path / "a.lianban"
    order = fill(city, bucket)
    app = make_app(old, tmp_path / "old", bucket)
    assert len(LARGE) > object_store.PART_BYTES
    large = attach(city, bucket, order, LARGE)
    paper = print_paper(app, city.people["tra_staff"], order)
    needed = read_files(bucket)
    open_files(bucket).put(io.BytesIO(b"no row needs this"), 100)
    assert run(app, "audit", "seal")[0] == 0
    with Writers(city):
        status, told, errors = run(app, "backup", str(path))
    assert (status, errors, told["files"], told["sealed"]) == (0, [], 4, True)
    token = make_token(old, city)
    other = next(kind for kind in KINDS if kind != kind_of(old))
    for kind, kept in ((kind_of(old), make_place()), (other, tmp_path / "new")):
        with empty_place(kind) as new:
            restored = make_app(new, tmp_path / "new", kept)
            status, done, errors = run(restored, "restore", str(path))
            assert (status, errors, done["digest"], done["faults"]) == (0, [], told["digest"], 0)
            check_ended(old, new, count_history(path))
            check_silence(new, kept)
            assert read_standing(restored) == (200, "ok")
            assert read_files(kept) == needed
            check_all(restored)
            mine = make_token(new, city)
            for asked in ("/items?kind=project", f"/items/{order}", f"/items/{order}/history"):
                assert look(restored, mine, asked) == look(app, token, asked)
            assert look(restored, mine, "/attachments/1/content") == SCAN
            assert look(restored, mine, f"/attachments/{large}/content") == LARGE
            assert print_paper(restored, city.people["tra_staff"], order) == paper
            if isinstance(kept, ObjectPlace):
                check_sealed(bucket, kept)


def check_sealed(old: ObjectPlace, new: ObjectPlace) -> None:
    """Show that nothing lies in the open in either bucket, and that every file got a key of its own anew."""
    before, after = read_objects(old), read_objects(new)
    assert len(after) == 4
    assert after.keys() < before.keys()
    for key, content in after.items():
        assert content.startswith(b"lianban-sealed 1 ")
        assert SCAN[:16] not in content
        assert LARGE[:16] not in content
        assert content != before[key]


@pytest.fixture
def bucket_city(city: City) -> tuple[City, ObjectPlace]:
    """Give a filled city and the bucket with its files."""
    bucket = make_place()
    fill(city, bucket)
    return city, bucket


def reach(bucket: ObjectPlace, port: int) -> SealedStore:
    """Return the files of a bucket that is reached by another way."""
    return SealedStore(ObjectStore(make_place(port=port, bucket=bucket.bucket), KEY, QUICK))


def test_a_bucket_that_goes_away_breaks_a_backup_off(bucket_city: tuple[City, ObjectPlace], tmp_path: Path) -> None:
    """A file that cannot be had now is not one that is missing: there is no backup, rather than one without files."""
    city, bucket = bucket_city
    with open_way() as way:
        way.fault = lambda method, _path: "500" if method == "GET" else ""
        place = Place(city.database, reach(bucket, way.port), FixedClock(NOW), "云州市", {})
        with pytest.raises(StoreAwayError):
            make_backup(place, tmp_path / "a", None)
        assert list(tmp_path.iterdir()) == []
        way.fault = lambda _method, _path: ""
        assert make_backup(place, tmp_path / "a", None).faults == {}


def test_a_bucket_that_goes_away_breaks_a_restore_off(city: City, tmp_path: Path) -> None:
    """From a folder, while files are put: nothing is served, no row is in; the same restore does it later."""
    fill(city, tmp_path)
    back_up(city.database, tmp_path, tmp_path / "a")
    with opened(tmp_path / "a") as source, open_way() as way:
        target = make_place()
        with empty_place(kind_of(city.database)) as new:
            tools = replace(make_tools(new, target), store=reach(target, way.port))
            way.fault = lambda method, _path: "500" if method == "PUT" else ""
            with pytest.raises(StoreAwayError):
                restore(tools, source)
            assert list_touched(new, target) == ["lianban_restore"]
            app = make_app(new, tmp_path, target)
            assert read_standing(app) == (503, "restore_unfinished")
            way.fault = lambda _method, _path: ""
            assert restore(tools, source).verdict.faults == ()
            assert read_standing(app) == (200, "ok")
            assert read_files(target) == read_files(tmp_path)


def test_a_city_in_a_bucket_moves_to_the_other_database(bucket_city: tuple[City, ObjectPlace], tmp_path: Path) -> None:
    """`flask db move`: the files stay in their bucket, and every check finds nothing there."""
    city, bucket = bucket_city
    old = make_app(city.database, tmp_path, bucket)
    before = read_objects(bucket)
    with empty_place(next(kind for kind in KINDS if kind != kind_of(city.database))) as new:
        status, moved, errors = run(old, "db", "move", "--to", url_of(new))
        assert (status, errors, moved["differences"]) == (0, [], 0)
        app = make_app(new, tmp_path, bucket)
        for command in CHECKS:
            done = app.test_cli_runner().invoke(args=command)
            assert (done.exit_code, done.stderr) == (0, ""), (command, done.output)
    assert read_objects(bucket) == before
