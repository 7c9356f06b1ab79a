"""`flask store copy`: from the folder into a bucket and back; broken off, damaged, called badly."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from app.core.clock import FixedClock
from app.core.object_store import ObjectPlace, ObjectStore
from app.core.sealed_store import SealedStore
from app.core.setting import SettingError
from app.core.store import STORE_AWAY, FolderStore, StoreAwayError, Stored
from app.core.store_choice import StoreChoice
from app.edge.attachment import open_store
from app.factory import create_app
from app.jobs.attachment import attachment_job
from app.jobs.tools import Tools
from app.services.attachment.moving import Moved, copy_files
from config import read_settings
from tests.app.api.test_attachment import stored, upload
from tests.app.services.attachment.files import PDF, PNG
from tests.city import NOW
from tests.client import Caller, JsonClient, make_settings
from tests.servers.bucket import KEY, QUICK, address_of, make_bucket_store, make_place, open_way


@pytest.fixture
def place() -> ObjectPlace:
    """Give a fresh bucket."""
    return make_place()


def restart(caller: Caller, url: str, choice: StoreChoice) -> Caller:
    """Return a caller of another process of the same installation, whose files lie where `choice` says."""
    settings = replace(make_settings(url, caller.context.settings.var), store=choice)
    app = create_app(settings, FixedClock(NOW))
    app.testing, app.test_client_class = True, JsonClient
    return Caller(app, caller.city, FixedClock(NOW))


@pytest.fixture
def keyed(caller: Caller, database_url: str) -> Caller:
    """Give a caller of an installation with files in a folder, that has a key for buckets."""
    return restart(caller, database_url, StoreChoice(None, KEY))


def copy(caller: Caller, *args: str) -> tuple[int, str, str]:
    """Run the command; return status, stdout, stderr."""
    done = caller.app.test_cli_runner().invoke(args=["store", "copy", *args])
    return done.exit_code, done.stdout, done.stderr


def attach(caller: Caller, content: bytes, name: str) -> int:
    """Add a file and return its id."""
    made = upload(caller, "office1", f"/items/{caller.city.task()}/attachments", content, name)
    assert made.status_code == 201, made.json
    return int(made.json["id"])


def test_into_a_bucket_and_back(keyed: Caller, database_url: str, place: ObjectPlace, tmp_path: Path) -> None:
    """An installation moves: copied, set, uploaded on, handed out, tidied; and back into a folder."""
    first, second = attach(keyed, PDF, "a.pdf"), attach(keyed, PNG, "b.png")
    size = len(PDF) + len(PNG)
    assert copy(keyed, "--to", address_of(place), "--check") == (
        0, f"files: 2 copied ({size} bytes), 0 there already, 0 dropped meanwhile, 0 faults\n", "",
    )  # fmt: skip
    moved = restart(keyed, database_url, StoreChoice(place, KEY))
    third = attach(moved, b"in the bucket only", "c.txt")
    for number, content in ((first, PDF), (second, PNG), (third, b"in the bucket only")):
        answer = moved.get("office1", f"/attachments/{number}/content")
        assert (answer.status_code, answer.data) == (200, content)
    assert moved.app.test_cli_runner().invoke(args=["attachment", "check"]).exit_code == 0
    tools = Tools(moved.city.database, moved.city.book, FixedClock(NOW), store=open_store(moved.context))
    assert attachment_job(tools, NOW) == "orphans 0, dropped 0"
    folder = tmp_path / "back"
    assert copy(moved, "--to", str(folder))[:2] == (
        0, f"files: 3 copied ({size + 18} bytes), 0 there already, 0 dropped meanwhile, 0 faults\n",
    )  # fmt: skip
    assert sorted(FolderStore(folder).names()) == sorted(open_store(moved.context).names())


def test_broken_off_it_goes_on(keyed: Caller, place: ObjectPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bucket goes away after one file: status 1 and a sentence; the second start copies only the rest."""
    for number in range(3):
        open_store(keyed.context).put(io.BytesIO(bytes([number])), 1)
    send, sent = ObjectStore.put, list[str]()

    def break_off(self: ObjectStore, stream: io.BytesIO, size_max: int, *, name: str | None = None) -> Stored:
        if sent:
            raise StoreAwayError("store_away", STORE_AWAY)
        done = send(self, stream, size_max, name=name)
        sent.append(done.sha256)
        return done

    with monkeypatch.context() as patch:
        patch.setattr(ObjectStore, "put", break_off)
        status, out, err = copy(keyed, "--to", address_of(place))
    assert (status, out) == (1, "")
    assert err == "文件存储暂时无法访问，请稍后再试。\n"
    assert copy(keyed, "--to", address_of(place))[1].startswith("files: 2 copied (2 bytes), 1 there already")


def test_damaged_bytes_stay_behind(keyed: Caller, place: ObjectPlace) -> None:
    """Named, status 1, and under no name at the target; damage at the target is mended by --check."""
    store = open_store(keyed.context)
    good, bad = (store.put(io.BytesIO(content), 10).sha256 for content in (b"good", b"bad"))
    (path,) = (path for path in stored(keyed) if path.name == bad)
    path.write_bytes(b"worse")
    status, out, err = copy(keyed, "--to", address_of(place))
    assert status == 1
    assert out.endswith("1 faults\n")
    assert err == f"{bad}: The file {bad[:12]}… does not open: it was changed, or it was not sealed here.\n"
    target = make_bucket_store(place)
    assert list(target.names()) == [good]
    key = f"files/{good[:2]}/{good[2:4]}/{good}"
    target._client.put_object(Bucket=place.bucket, Key=key, Body=b"rot")  # noqa: SLF001  # damage
    assert "0 copied (0 bytes), 1 there already" in copy(keyed, "--to", address_of(place))[1]
    assert "1 copied (4 bytes), 0 there already" in copy(keyed, "--to", address_of(place), "--check")[1]
    with SealedStore(target).open(good) as stream:
        assert stream.read() == b"good"


def test_what_is_dropped_meanwhile_is_no_fault(tmp_path: Path) -> None:
    """The night's upkeep may run beside it: listed, then gone."""

    class Listing(FolderStore):
        def names(self) -> Iterator[str]:
            yield from ("a" * 64, *super().names())

    source = Listing(tmp_path / "source")
    name = source.put(io.BytesIO(b"x"), 1).sha256
    found = list(copy_files(source, FolderStore(tmp_path / "target"), is_checked=True))
    assert found == [Moved("a" * 64, "gone"), Moved(name, "copied", 1)]


def test_what_changes_on_the_way_is_found(tmp_path: Path) -> None:
    """A target that keeps other bytes than it was given is named, if it is asked to be read again."""

    class Bad(FolderStore):
        def open(self, sha256: str) -> BinaryIO:
            with super().open(sha256) as stream:
                return io.BytesIO(stream.read()[1:])

    source = FolderStore(tmp_path / "source")
    name = source.put(io.BytesIO(b"xyz"), 3).sha256
    (found,) = copy_files(source, Bad(tmp_path / "target"), is_checked=True)
    assert (found.name, found.how) == (name, "fault")
    assert "read again at the target" in found.fault


def test_bad_use_is_refused(keyed: Caller, place: ObjectPlace, tmp_path: Path) -> None:
    """Status 2, one line that names the option; nothing is written."""
    own = str(keyed.context.settings.var / "files")
    for args, expected in (
        (("--to", "relative/folder"), "--to: expected an absolute path"),
        (("--to", "s3://x"), "--to: expected a bucket's name"),
        (("--to", own), "--to: 来源和目标是同一处。"),
        (("--from", str(tmp_path), "--to", str(tmp_path)), "--to: 来源和目标是同一处。"),
        (("--from", "s3://lianban?region=", "--to", str(tmp_path)), "--from: expected a region"),
    ):
        status, out, err = copy(keyed, *args)
        assert (status, out) == (2, "")
        assert err.startswith(expected)
        assert len(err.splitlines()) == 1
    assert copy(keyed, "--from", own, "--to", address_of(place))[0] == 0


def test_an_outage_is_503_on_pages_and_api(caller: Caller, database_url: str, place: ObjectPlace) -> None:
    """The bucket goes away: a sentence for the caller, no stack, no row; afterwards everything goes on."""
    with open_way() as way:
        far = make_place(port=way.port, bucket=place.bucket)
        moved = restart(caller, database_url, StoreChoice(far, KEY))
        object.__setattr__(moved.context, "store", make_bucket_store(far, QUICK))
        number = attach(moved, PDF, "a.pdf")
        item = caller.city.task()
        kept = upload(moved, "office1", f"/items/{item}/attachments", b"kept", "c.txt").json
        way.fault = lambda _method, _path: "500"
        answer = moved.get("office1", f"/attachments/{number}/content")
        assert (answer.status_code, answer.json["code"]) == (503, "store_away")
        answer = upload(moved, "office1", f"/items/{item}/attachments", PNG, "b.png")
        assert (answer.status_code, answer.json["code"]) == (503, "store_away")
        assert moved.get("office1", f"/items/{item}/attachments").json["items"] == [kept]
        way.fault = lambda _method, _path: ""
        assert upload(moved, "office1", f"/items/{item}/attachments", PNG, "b.png").status_code == 201


def test_the_store_is_a_setting(tmp_path: Path, place: ObjectPlace) -> None:
    """LIANBAN_STORE: a bad value stops the start, names the variable and shows no secret."""
    given = {"LIANBAN_VAR": str(tmp_path), "LIANBAN_SECRET_KEY": "k" * 40}
    assert read_settings(given).store == StoreChoice()
    key = {"LIANBAN_STORE_KEY_ID": KEY.key_id, "LIANBAN_STORE_SECRET": KEY.secret}
    assert read_settings(given | key).store == StoreChoice(None, KEY)
    assert read_settings(given | key | {"LIANBAN_STORE": address_of(place)}).store == StoreChoice(place, KEY)
    for wrong, named in (
        ({"LIANBAN_STORE": address_of(place)}, "LIANBAN_STORE_KEY_ID"),
        ({"LIANBAN_STORE_KEY_ID": "x"}, "LIANBAN_STORE_SECRET"),
        ({"LIANBAN_STORE_SECRET": "top-secret"}, "LIANBAN_STORE_KEY_ID"),
        (key | {"LIANBAN_STORE": "/srv/files"}, "LIANBAN_STORE: expected s3://bucket"),
        (key | {"LIANBAN_STORE": f"s3://k:{KEY.secret}@lianban?region=x"}, "LIANBAN_STORE: expected s3://bucket"),
    ):
        with pytest.raises(SettingError, match=named) as raised:
            read_settings(given | wrong)
        assert "secret" not in str(raised.value)
