"""A restore without the data keys that sealed something in the backup: refused by name, before anything is touched."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.database import Database
from app.core.errors import UnavailableError
from app.core.ring import AES, Ring, RingFile, make_ring, open_ring, write_ring
from app.core.sealing import choose_ring
from app.jobs.backup.restoring import restore
from app.models.data_key import DataKeyMark
from app.services.data_key.proof import register_key
from tests.app.jobs.backup.staging import (
    KINDS,
    back_up,
    empty_place,
    fill,
    list_touched,
    make_tools,
    opened,
    read_all,
)
from tests.city import NOW, City
from tests.databases import SECRET_KEY

Change = Callable[[Ring], Ring]


def lack(ring: Ring) -> Ring:
    """Return a ring without the older of its keys, which is not the active one."""
    (old,) = [one.id for one in ring.keys.values() if one != ring.active]
    return replace(ring, keys={key_id: key for key_id, key in ring.keys.items() if key_id != old})


def swap(ring: Ring) -> Ring:
    """Return a ring whose keys have the same names and other secrets."""
    others = {key_id: replace(key, secret=bytes(reversed(key.secret))) for key_id, key in ring.keys.items()}
    return replace(ring, keys=others)


def begin_anew(_ring: Ring) -> Ring:
    """Return what an installation makes at its first start, where nobody brought the file along."""
    return make_ring(AES, NOW)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (begin_anew, r"The data key {0} is missing"),
        (swap, r"The data key {0} in .* is not the one that sealed this database"),
        (lack, r"The data key {0} is missing"),
    ],
)
def test_a_restore_without_its_data_keys_touches_nothing(
    city: City, tmp_path: Path, change: Change, match: str
) -> None:
    """Issue 9, part 4: no ring, another ring, a ring that lacks one key of two; the right one restores there."""
    ring = open_ring("", tmp_path, AES, NOW).ring
    first = ring.active
    ring = ring.add(AES, NOW)
    (second,) = [one for one in ring.keys.values() if one.id != first.id]
    right = tmp_path / "right.json"
    write_ring(right, ring.activate(second.id), is_new=True)
    choose_ring(RingFile(right), SECRET_KEY)
    fill(city, tmp_path)
    with city.database.writing() as session:
        for key in (first, second):
            register_key(session.connection(), NOW, key)
    needed = [key_id for (key_id,) in read_all(city.database, DataKeyMark, DataKeyMark.id)]
    assert {first.id, second.id} <= set(needed)
    back_up(city.database, tmp_path, tmp_path / "a")
    other = tmp_path / "other.json"
    write_ring(other, change(RingFile(right).ring), is_new=True)
    for kind in KINDS:
        with empty_place(kind) as place:
            choose_ring(RingFile(other), SECRET_KEY)
            refuse(tmp_path / "a", place, tmp_path / kind, match.format(f"({'|'.join(needed)})"))
            choose_ring(RingFile(right), SECRET_KEY)
            with opened(tmp_path / "a") as source:
                assert restore(make_tools(place, tmp_path / kind), source).verdict.faults == ()


def refuse(path: Path, place: Database, var: Path, match: str) -> None:
    """Show that a restore is refused with a sentence, and that neither database nor store was touched."""
    with opened(path) as source, pytest.raises(UnavailableError, match=match):
        restore(make_tools(place, var), source)
    assert list_touched(place, var) == []
