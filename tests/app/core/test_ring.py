"""The file of the data keys: made once, read strictly, taken up by a process that runs; both algorithms."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from app.core.ring import (
    AES,
    ALGORITHMS,
    SM,
    MissingKeyError,
    RingError,
    RingFile,
    bind,
    changing,
    decrypt,
    decrypt_with,
    encrypt,
    make_key,
    open_ring,
    read_ring,
    write_ring,
)
from tests.city import NOW


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_is_sealed_opens_in_its_place_only(algorithm: str) -> None:
    """Another key, another place, one bit more or less: none of them opens it; the same text never looks the same."""
    key, other = make_key(algorithm, NOW, "active"), make_key(algorithm, NOW, "active")
    sealed = encrypt(key, b"a secret", bind("person.email", 7))
    assert decrypt(key, sealed, bind("person.email", 7)) == b"a secret"
    assert encrypt(key, b"a secret", bind("person.email", 7)) != sealed
    assert len({encrypt(key, b"", b"")[:12] for _ in range(100)}) == 100
    for wrong_key, wrong, place in (
        (other, sealed, bind("person.email", 7)),
        (key, sealed, bind("person.email", 8)),
        (key, sealed, bind("person.email7")),
        (key, bytes([sealed[0] ^ 1]) + sealed[1:], bind("person.email", 7)),
        (key, sealed[:-1] + bytes([sealed[-1] ^ 1]), bind("person.email", 7)),
        (key, sealed[:-1], bind("person.email", 7)),
        (key, sealed[:20], bind("person.email", 7)),
        (key, b"", bind("person.email", 7)),
    ):
        with pytest.raises(InvalidTag):
            decrypt(wrong_key, wrong, place)


def test_sm4_is_that_of_the_standard() -> None:
    """RFC 8998, appendix A.1: SM4-GCM's test vector."""
    secret, nonce = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"), bytes.fromhex("00001234567800000000ABCD")
    associated = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    sealed = bytes.fromhex(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15"
        "A56834CBCF98C397B4024A2691233B8D83DE3541E4C2B58177E065A9BF7B62EC"
    )
    plain = decrypt_with(SM, secret, nonce, sealed, associated)
    assert plain == b"".join(bytes([one]) * 8 for one in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))


def test_the_first_start_makes_one_ring(tmp_path: Path) -> None:
    """For its owner only, the same afterwards; of processes that begin at once all have the same one."""
    found: list[RingFile] = []
    threads = [Thread(target=lambda: found.append(open_ring("", tmp_path, SM, NOW))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    path = tmp_path / "keys" / "data.json"
    assert {one.ring.active.id for one in found} == {read_ring(path).active.id}
    assert len(found) == 8
    assert found[0].ring.active.algorithm == SM
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [one.name for one in path.parent.iterdir()] == ["data.json"]


def test_a_named_file_is_never_made(tmp_path: Path) -> None:
    """A slip of the pen in the setting must not begin with keys that open nothing."""
    with pytest.raises(RingError, match=r"absent\.json: cannot be read \(No such file"):
        open_ring(str(tmp_path / "absent.json"), tmp_path, AES, NOW)
    assert not list(tmp_path.iterdir())


def change(work: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], str]:
    def run(given: dict[str, Any]) -> str:
        work(given)
        return json.dumps(given)

    return run


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda _: "no JSON", "expected JSON"),
        (lambda _: "[" * 100_000, "expected JSON"),
        (lambda _: "[]", "format: expected 1"),
        (change(lambda given: given.update(format=2)), "format: expected 1"),
        (change(lambda given: given.update(keys=[])), "keys: expected a list of one key"),
        (change(lambda given: given.update(keys=["x"])), "keys, number 1: expected an object"),
        (change(lambda given: given.update(takes_plain="no")), "takes_plain: expected true or false"),
        (change(lambda given: given.pop("index")), "index: expected 32 bytes"),
        (change(lambda given: given["keys"][0].update(id="a.b")), "number 1: id: expected"),
        (change(lambda given: given["keys"][0].update(algorithm="DES")), "algorithm: expected one of AES-256-GCM"),
        (change(lambda given: given["keys"][0].update(algorithm=SM)), "secret: expected 16 bytes"),
        (change(lambda given: given["keys"][0].update(secret="?")), "secret: expected 32 bytes"),
        (change(lambda given: given["keys"][0].update(secret=7)), "secret: expected 32 bytes"),
        (change(lambda given: given["keys"][0].update(state="lost")), "state: expected one of active"),
        (change(lambda given: given["keys"][0].update(state="old")), "expected one active key, there are 0"),
        (change(lambda given: given["keys"][0].update(created_at="now")), "created_at: expected an instant"),
        (change(lambda given: given["keys"][0].update(created_at="2026-01-01")), "created_at: expected an instant"),
        (change(lambda given: given["keys"].append(given["keys"][0])), "number 2: the name"),
    ],
)  # fmt: skip
def test_a_spoilt_file_is_refused_where_it_is_wrong(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], str], said: str
) -> None:
    """The place and what was expected; never what stands there, which may be a key."""
    path = open_ring("", tmp_path, AES, NOW).path
    given = json.loads(path.read_text())
    secret = given["keys"][0]["secret"]
    path.write_text(spoil(given))
    with pytest.raises(RingError, match=said) as caught:
        open_ring("", tmp_path, AES, NOW)
    assert secret not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_process_that_runs_takes_up_a_new_key(tmp_path: Path) -> None:
    """As soon as the file says so; a file that is spoilt or gone meanwhile leaves the keys of before."""
    file = open_ring("", tmp_path, AES, NOW)
    first = file.ring.active
    with changing(file.path) as ring:
        write_ring(file.path, ring.add(SM, NOW))
    second = next(key for key in file.ring.keys.values() if key.state == "next")
    assert file.ring.active == first
    write_ring(file.path, file.ring.activate(second.id))
    assert file.ring.active.id == second.id
    assert file.ring.keys[first.id].state == "old"
    file.path.write_text("half a fi")
    assert file.ring.active.id == second.id
    file.path.unlink()
    assert file.ring.active.id == second.id
    with pytest.raises(MissingKeyError):
        file.ring.activate("k1")


def test_two_who_change_at_once_lose_no_key(tmp_path: Path) -> None:
    """Each reads what the other has written."""
    file = open_ring("", tmp_path, AES, NOW)

    def add() -> None:
        with changing(file.path) as ring:
            write_ring(file.path, ring.add(AES, NOW))

    threads = [Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_ring(file.path).keys) == 9


def test_the_keys_are_never_printed(tmp_path: Path) -> None:
    """In no log line and no traceback that shows values."""
    ring = open_ring("", tmp_path, AES, NOW).ring
    assert repr(ring.active.secret) not in repr(ring)
    assert repr(ring.index_secret) not in repr(ring)
