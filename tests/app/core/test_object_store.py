"""A bucket as a store: what a real server of that kind holds, the race between putting and dropping, an outage."""

import hashlib
import io
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core import object_store
from app.core.object_store import ObjectPlace, ObjectStore
from app.core.store import StoreAwayError, hash_stream
from app.core.store_choice import StoreChoice, choose_store, read_choice
from tests.outside import find_port
from tests.servers.bucket import (
    KEY,
    QUICK,
    Way,
    address_of,
    client_of,
    list_keys,
    make_bucket_store,
    make_place,
    open_way,
)

BYTES = "专项资金拨付单".encode() * 1000
NAME = hashlib.sha256(BYTES).hexdigest()
KEPT_AT = f"{NAME[:2]}/{NAME[2:4]}/{NAME}"
LATER = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
def place() -> ObjectPlace:
    """Give a fresh bucket."""
    return make_place()


@pytest.fixture
def store(place: ObjectPlace) -> ObjectStore:
    """Give a store in the fresh bucket."""
    return make_bucket_store(place)


@pytest.fixture
def way() -> Iterator[Way]:
    """Give a way to the server on which things can go wrong."""
    with open_way() as opened:
        yield opened


@pytest.fixture
def far(way: Way, place: ObjectPlace) -> ObjectStore:
    """Give a store in the same bucket that goes by that way, and waits for a short while only."""
    return make_bucket_store(make_place(port=way.port, bucket=place.bucket), QUICK)


def put(store: ObjectStore, content: bytes = BYTES) -> str:
    return store.put(io.BytesIO(content), len(content)).sha256


def test_where_bytes_lie_in_the_bucket(place: ObjectPlace, store: ObjectStore) -> None:
    """The same layout as in a folder, below the prefix; what others keep in the bucket is not ours."""
    client_of(store).put_object(Bucket=place.bucket, Key=f"other/{KEPT_AT}", Body=b"")
    client_of(store).put_object(Bucket=place.bucket, Key="files/read.me", Body=b"")
    put(store)
    assert list_keys(store, place) == [f"files/{KEPT_AT}", "files/read.me", f"other/{KEPT_AT}"]
    assert list(store.names()) == [NAME]
    assert store.tidy(LATER) == 0
    at_root = make_bucket_store(make_place("", bucket=place.bucket))
    put(at_root, b"another")
    assert len(list(at_root.names())) == 1


def test_large_bytes_go_out_in_parts_and_come_back_in_pieces(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is in memory as a whole; three parts of the smallest size, a head and six pieces."""
    monkeypatch.setattr(object_store, "PART_BYTES", 5 * 1024 * 1024)
    monkeypatch.setattr(object_store, "PIECE_BYTES", 2 * 1024 * 1024)
    content = bytes(range(256)) * 4096 * 12 + b"the end"
    asked: list[str] = []
    client_of(store).meta.events.register("before-call.s3", lambda model, **_more: asked.append(model.name))
    name = put(store, content)
    assert name == hashlib.sha256(content).hexdigest()
    assert asked[:5] == ["CreateMultipartUpload", *["UploadPart"] * 3, "CompleteMultipartUpload"]
    with store.open(name) as stream:
        assert stream.seek(-7, io.SEEK_END) == len(content) - 7
        assert stream.read() == b"the end"
        stream.seek(0)
        asked.clear()
        assert hash_stream(stream).sha256 == name
        assert asked == ["GetObject"] * 7


def test_listings_come_in_pages(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket of many pages is listed to its end."""
    monkeypatch.setattr(object_store, "PAGE_KEYS", 2)
    names = {put(store, bytes([number])) for number in range(5)}
    assert sorted(store.names()) == sorted(names)


def test_unfinished_uploads_are_broken_off_when_old(place: ObjectPlace, store: ObjectStore) -> None:
    """What a killed process left unfinished costs room until somebody breaks it off."""
    client_of(store).create_multipart_upload(Bucket=place.bucket, Key=f"files/{KEPT_AT}")
    client_of(store).create_multipart_upload(Bucket=place.bucket, Key="other/unfinished")
    assert store.tidy(datetime(2000, 1, 1, tzinfo=UTC)) == 0  # this server says 2010 of every one
    assert store.tidy(LATER) == 1
    (left,) = client_of(store).list_multipart_uploads(Bucket=place.bucket)["Uploads"]
    assert left["Key"] == "other/unfinished"


def test_an_upload_that_fails_leaves_no_parts(
    place: ObjectPlace, store: ObjectStore, far: ObjectStore, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second part is refused: the upload is broken off at once."""
    monkeypatch.setattr(object_store, "PART_BYTES", 5 * 1024 * 1024)
    way.fault = lambda _method, path: "500" if "partNumber=2" in path else ""
    with pytest.raises(StoreAwayError):
        put(far, bytes(6 * 1024 * 1024))
    assert client_of(store).list_multipart_uploads(Bucket=place.bucket).get("Uploads", []) == []
    assert list(store.names()) == []


@pytest.mark.parametrize("has_versions", [False, True])
def test_bytes_that_are_put_while_they_are_dropped_stay(
    place: ObjectPlace, store: ObjectStore, *, has_versions: bool
) -> None:
    """The race: found old, put anew, then dropped; whoever put them does not return before they are there again."""
    if has_versions:
        client_of(store).put_bucket_versioning(Bucket=place.bucket, VersioningConfiguration={"Status": "Enabled"})
    put(store)
    other = make_bucket_store(place)
    sent, kept = threading.Event(), list[str]()
    thread = threading.Thread(target=lambda: kept.append(put(other)))

    def put_first(params: dict[str, Any], **_more: object) -> None:
        if params["url_path"].endswith(NAME) and not sent.is_set():
            thread.start()
            assert sent.wait(30)

    client_of(other).meta.events.register("after-call.s3.PutObject", lambda **_more: sent.set())
    client_of(store).meta.events.register("before-call.s3.DeleteObject", put_first)
    assert store.delete(NAME, LATER)
    thread.join(60)
    assert kept == [NAME]
    with store.open(NAME) as stream:
        assert stream.read() == BYTES
    assert store.tidy(LATER) == 0, "no mark is left"


def test_in_a_bucket_with_versions_every_old_one_is_dropped(place: ObjectPlace, store: ObjectStore) -> None:
    """What a person had removed is gone, not hidden behind a marker."""
    client = client_of(store)
    client.put_bucket_versioning(Bucket=place.bucket, VersioningConfiguration={"Status": "Enabled"})
    for _ in range(3):
        put(store)
    assert store.delete(NAME, LATER)
    left = client.list_object_versions(Bucket=place.bucket)
    assert "Versions" not in left
    assert "DeleteMarkers" not in left


def test_bytes_that_are_put_again_are_young(place: ObjectPlace, store: ObjectStore) -> None:
    """Old bytes without a row that somebody uploads once more are not dropped from under the new row."""

    def changed_at() -> datetime:
        found = client_of(store).head_object(Bucket=place.bucket, Key=f"files/{KEPT_AT}")
        moment: datetime = found["LastModified"]
        return moment

    put(store)
    first = changed_at()
    while changed_at() == first:  # the server counts whole seconds
        put(store)
    assert not store.delete(NAME, first + timedelta(microseconds=1))
    assert store.exists(NAME)


def test_a_mark_of_somebody_who_was_killed_is_not_heeded_for_ever(
    place: ObjectPlace, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A young mark makes whoever puts wait, and in the end try later; an old one does not, and is tidied."""
    client_of(store).put_object(Bucket=place.bucket, Key=f"files/.drop/{NAME}/0123", Body=b"")
    monkeypatch.setattr(object_store, "_MARK_WAIT_SECONDS", 0.2)
    with pytest.raises(StoreAwayError):
        put(store)
    monkeypatch.setattr(object_store, "_MARK_AGE", timedelta(hours=-1))
    assert put(store) == NAME
    assert store.tidy(datetime.now(UTC) - timedelta(days=1)) == 0
    assert store.tidy(LATER) == 1


def test_a_drop_that_takes_too_long_is_given_up(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody heeds its mark any more, so it must not drop."""
    put(store)
    monkeypatch.setattr(object_store, "_DROP_SECONDS", -1.0)
    assert not store.delete(NAME, LATER)
    assert store.exists(NAME)


def every_call(store: ObjectStore) -> dict[str, Callable[[], object]]:
    return {
        "put": lambda: put(store),
        "open": lambda: store.open(NAME),
        "exists": lambda: store.exists(NAME),
        "names": lambda: list(store.names()),
        "delete": lambda: store.delete(NAME, LATER),
        "tidy": lambda: store.tidy(LATER),
    }


@pytest.mark.parametrize("fault", ["500", "hang", "closed", "cut"])
def test_an_outage_is_told_in_the_domains_words_and_soon(
    store: ObjectStore, far: ObjectStore, way: Way, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Faults of the server, silence, no server, broken answers: each call ends with StoreAwayError, tried but twice."""
    put(store)
    if fault == "closed":
        far = ObjectStore(make_place(port=find_port(), bucket="none"), KEY, QUICK)
    way.fault = lambda _method, _path: "" if fault == "closed" else fault
    for name, call in every_call(far).items():
        if fault == "cut" and name in ("exists", "delete"):  # an answer without a body cannot break off
            continue
        with pytest.raises(StoreAwayError) as raised:
            call()
        assert raised.value.code == "store_away"
    assert KEY.secret not in caplog.text
    assert KEY.key_id not in caplog.text
    assert "store: names" in caplog.text


def test_a_fault_that_passes_is_not_seen(store: ObjectStore, far: ObjectStore, way: Way) -> None:
    """The first try of every request fails: all of them are tried again."""
    put(store)
    seen = set[tuple[str, str]]()

    def fail_first(method: str, path: str) -> str:
        if (method, path) in seen:
            return ""
        seen.add((method, path))
        return "500"

    way.fault = fail_first
    with far.open(NAME) as stream:
        assert stream.read() == BYTES
    assert put(far, b"another") == hashlib.sha256(b"another").hexdigest()
    assert len(list(far.names())) == 2


def test_an_answer_that_breaks_off_is_asked_for_again(
    store: ObjectStore, far: ObjectStore, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a piece is never taken for a whole one: each second answer is cut, and the bytes are whole."""
    monkeypatch.setattr(object_store, "PIECE_BYTES", 10_000)
    name = put(store, BYTES * 3)
    turn = iter(range(1_000_000))
    way.fault = lambda method, _path: "cut" if method == "GET" and next(turn) % 2 == 0 else ""
    with far.open(name) as stream:
        assert hash_stream(stream).sha256 == name


def test_a_store_that_goes_away_in_the_middle_ends_the_reading(
    store: ObjectStore, far: ObjectStore, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read so far is not passed off as all."""
    monkeypatch.setattr(object_store, "PIECE_BYTES", 1000)
    put(store)
    with far.open(NAME) as stream:
        assert stream.read(10) == BYTES[:10]
        way.fault = lambda _method, _path: "500"
        with pytest.raises(StoreAwayError):
            stream.read()


def test_a_bucket_that_is_not_there_is_an_outage(caplog: pytest.LogCaptureFixture) -> None:
    """A wrong name in the setting is not taken for an empty store; the log has the server's word for it."""
    store = make_bucket_store(make_place(bucket="nobody-has-this"))
    for call in (
        lambda: put(store), lambda: store.open(NAME), lambda: store.exists(NAME), lambda: list(store.names()),
    ):  # fmt: skip
        with pytest.raises(StoreAwayError):
            call()
    assert "NoSuchBucket" in caplog.text


def test_nothing_of_other_tools_is_read(place: ObjectPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables and files of Amazon's own tools, on a machine that has them, change nothing."""
    (tmp_path / "config").write_text("[default]\nendpoint_url = http://127.0.0.1:1\nregion = nowhere\n")
    for name, value in {
        "AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_PROFILE": "not-there",
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"), "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "other", "AWS_SECRET_ACCESS_KEY": "other",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    store = make_bucket_store(place)
    assert put(store) == NAME
    assert client_of(store)._request_signer._credentials.access_key == KEY.key_id  # noqa: SLF001  # whose it is


def test_the_secret_shows_nowhere(place: ObjectPlace) -> None:
    """Settings are printed in tracebacks and by debuggers."""
    choice = StoreChoice(place, KEY)
    assert KEY.secret not in repr(choice)
    assert KEY.secret not in str(choice)


@pytest.mark.parametrize(
    ("url", "bucket", "prefix", "endpoint", "region"),
    [
        ("s3://lianban?region=cn-north-1", "lianban", "", None, "cn-north-1"),
        ("s3://lianban/?region=cn-north-1", "lianban", "", None, "cn-north-1"),
        ("s3://a.b-c/x/y/?endpoint=https://s3.example.gov/", "a.b-c", "x/y/", "https://s3.example.gov", "us-east-1"),
        ("s3://abc/x?endpoint=http://127.0.0.1:9000&region=r1", "abc", "x/", "http://127.0.0.1:9000", "r1"),
    ],
)
def test_a_place_is_read(url: str, bucket: str, prefix: str, endpoint: str | None, region: str) -> None:
    """The setting in its shapes."""
    assert ObjectPlace.parse(url) == ObjectPlace(bucket, prefix, endpoint, region)


def test_a_place_is_read_back(place: ObjectPlace) -> None:
    """What the tests write as an address is what is read."""
    assert ObjectPlace.parse(address_of(place)) == place


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://s3.example.gov/lianban", "s3://bucket"),
        ("s3://key:secret@lianban?region=x", "without a user"),
        ("s3://Lianban?region=x", "bucket's name"),
        ("s3://?region=x", "bucket's name"),
        ("s3://lianban/a b?region=x", "prefix"),
        ("s3://lianban/../x?region=x", "prefix"),
        ("s3://lianban", "region="),
        ("s3://lianban?region=x&region=y", "each once"),
        ("s3://lianban?secret=x", "each once"),
        ("s3://lianban?region=", "a region such as"),
        ("s3://lianban?endpoint=http://s3.example.gov", "https://"),
        ("s3://lianban?endpoint=https://user:pw@s3.example.gov", "https://"),
        ("s3://lianban?endpoint=https://", "https://"),
        ("s3://lianban?endpoint", "https://"),
    ],
)
def test_a_bad_place_is_refused(url: str, expected: str) -> None:
    """Each says what was expected, and none shows what stood there: it may be a secret."""
    with pytest.raises(ValueError, match=expected) as raised:
        ObjectPlace.parse(url)
    assert "pw" not in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_command_names_a_place(tmp_path: Path, place: ObjectPlace) -> None:
    """An absolute path is a folder, an address a bucket with the installation's key; a bucket needs one."""
    choice, folder = read_choice(str(tmp_path), StoreChoice())
    choose_store(choice, folder).put(io.BytesIO(BYTES), len(BYTES))
    assert (tmp_path / KEPT_AT).is_file()
    choice, folder = read_choice(address_of(place), StoreChoice(None, KEY))
    assert choose_store(choice, folder).put(io.BytesIO(BYTES), len(BYTES)).sha256 == NAME
    with pytest.raises(ValueError, match="absolute path"):
        read_choice("files", StoreChoice())
    with pytest.raises(ValueError, match="LIANBAN_STORE_KEY_ID"):
        choose_store(*read_choice(address_of(place), StoreChoice()))


def test_what_fails_is_logged_without_a_stack(far: ObjectStore, way: Way, caplog: pytest.LogCaptureFixture) -> None:
    """One line for the operator: which call, and what the server said."""
    way.fault = lambda _method, _path: "500"
    with caplog.at_level(logging.WARNING), pytest.raises(StoreAwayError):
        far.exists(NAME)
    (line,) = [record for record in caplog.records if record.name == "app.core.object_store"]
    assert line.exc_info is None
    assert "exists was refused: 500 (500)" in line.getMessage()
