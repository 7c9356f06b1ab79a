"""A damaged or foreign backup, a wrong key, a filled place, an unknown revision: refused before anything is touched."""

import gzip
import io
import json
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.backup.errors import BackupError
from app.core.backup.key import BackupKey
from app.core.backup.parcel import ParcelReader, ParcelWriter
from app.core.database import Database
from app.core.errors import ConflictError
from app.core.store import FolderStore
from app.jobs.backup.restoring import check_backup, restore
from tests.app.jobs.backup.staging import (
    KINDS,
    SCAN,
    back_up,
    empty_place,
    fill,
    list_touched,
    make_tools,
    opened,
)
from tests.city import City

KEY, OTHER = BackupKey(b"K", bytes(32)), BackupKey(b"K", b"\1" * 32)

Members = list[tuple[str, bytes]]


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Give an empty place, of either kind whatever the backup was made of."""
    with empty_place(request.param) as database:
        yield database


@pytest.fixture
def backup(city: City, tmp_path: Path) -> Path:
    """Give a backup of a city."""
    fill(city, tmp_path)
    back_up(city.database, tmp_path, tmp_path / "a")
    return tmp_path / "a"


def rewrite(path: Path, change: Callable[[Members], Members]) -> Path:
    """Write a backup whose members were changed by hand, with right checksums of the file."""
    with path.open("rb") as file:
        members = list(ParcelReader(file).read_members())
    out = io.BytesIO()
    writer = ParcelWriter(out)
    for name, data in change(members):
        writer.add(name, data)
    writer.close()
    made = path.with_name("changed")
    made.write_bytes(out.getvalue())
    return made


def edit(member: str, **changes: Any) -> Callable[[Members], Members]:  # noqa: ANN401  # JSON
    """Change keys of a member that is JSON."""

    def change(members: Members) -> Members:
        return [
            (name, json.dumps(json.loads(data) | changes).encode() if name == member else data)
            for name, data in members
        ]

    return change


def refuse(path: Path, place: Database, var: Path, match: str, *keys: BackupKey) -> None:
    """Show that a restore is refused with a sentence, and that neither database nor store was touched."""
    with opened(path, *keys) as source, pytest.raises(ConflictError, match=match):
        restore(make_tools(place, var), source)
    assert list_touched(place, var) == []


def drop(prefix: str) -> Callable[[Members], Members]:
    """Leave members out."""
    return lambda members: [one for one in members if not one[0].startswith(prefix)]


def spoil(column: int, value: str) -> Callable[[Members], Members]:
    """Put a value into a column of the first department, with the sums of its member made right."""

    def change(members: Members) -> Members:
        changed = []
        for name, data in members:
            if name.startswith("tables/department/"):
                rows = [json.loads(line) for line in gzip.decompress(data).splitlines()]
                rows[0][column] = value
                data = gzip.compress("".join(f"{json.dumps(row)}\n" for row in rows).encode(), mtime=0)  # noqa: PLW2901
            changed.append((name, data))
        return changed

    return change


FORGED: list[tuple[Callable[[Members], Members], str]] = [
    (edit("head.json", product="another"), "No backup of Lianban"),
    (edit("head.json", format=2), "format 2, this release reads format 1"),
    (edit("head.json", revision="9999"), "Revision 9999 is unknown to this release"),
    (edit("head.json", tables=1), "first member cannot be read"),
    (edit("manifest.json", files=7), "files are not what the manifest says"),
    (edit("manifest.json", tables={}), "head and manifest name other tables"),
    (drop("manifest"), "it has no manifest"),
    (drop("head"), "does not begin with its head"),
    (drop("tables/history/"), "table history is not what the manifest says"),
    (drop("files/"), "files are not what the manifest says"),
    (lambda members: [*members, ("more", b"")], "member more has no place there"),
    (lambda members: [members[0], ("tables/x/00000001.jsonl.gz", b""), *members[1:]], "has no place there"),
    (
        lambda members: [(n, d[:-9] if n.startswith("tables/audit/") else d) for n, d in members],
        "in member tables/audit",
    ),
    (lambda members: [(n, b"x" + d if n.startswith("files/") else d) for n, d in members], "has other bytes"),
    (spoil(0, "one"), "Table department.*what cannot be kept: id: 'one' is no integer"),
]


def test_what_is_no_whole_backup_is_refused(backup: Path, place: Database, tmp_path: Path) -> None:
    """Forged ones with right checksums included: each says what is wrong with it."""
    for change, match in FORGED:
        refuse(rewrite(backup, change), place, tmp_path / "var", match)
    foreign = tmp_path / "foreign"
    foreign.write_bytes(b"SQLite format 3\0" * 100)
    refuse(foreign, place, tmp_path / "var", "No backup of Lianban")


def test_what_only_postgresql_cannot_hold_is_refused_there(backup: Path, tmp_path: Path) -> None:
    """SQLite minds neither lengths nor NUL characters: found before PostgreSQL is asked to take the row."""
    for value, match in (("x" * 5000, "code: 5000 characters"), ("a\0b", "code: the text holds a NUL")):
        with empty_place("postgresql") as place:
            changed = rewrite(backup, spoil(1, value))
            refuse(changed, place, tmp_path / "var", rf"Table department \(1\) holds what cannot be kept: {match}")


def test_tables_that_their_revision_does_not_make_take_nothing_with_them(
    backup: Path, place: Database, tmp_path: Path
) -> None:
    """Told only when the tables are made; all of it is taken back, and a right backup can be restored there.

    The files are in the store by then; without a row that needs them they are dropped by upkeep.
    """
    with opened(backup) as source:
        older = check_backup(source).head.revision
    changed = rewrite(backup, edit("head.json", revision="0005"))
    with opened(changed) as source, pytest.raises(BackupError, match="Tables other than revision 0005"):
        restore(make_tools(place, tmp_path / "var"), source)
    assert list_touched(place, tmp_path / "no folder") == []
    with opened(backup) as source:
        assert restore(make_tools(place, tmp_path / "var"), source).revision == older


def test_a_filled_place_is_refused(city: City, backup: Path, tmp_path: Path) -> None:
    """Nothing is ever put over what somebody has."""
    before = city.task()
    with opened(backup) as source, pytest.raises(BackupError, match=r"not empty: it has 1\d\d tables"):
        restore(make_tools(city.database, tmp_path / "var"), source)
    assert city.state(before) == "draft"
    assert not (tmp_path / "var").exists()


def test_a_place_with_a_table_of_somebody_elses_is_refused(backup: Path, place: Database, tmp_path: Path) -> None:
    """It need not be ours: one row of it is still there afterwards, and nothing beside it."""
    with place.writing() as session:
        session.connection().exec_driver_sql("CREATE TABLE theirs AS SELECT 1 AS one")
    with opened(backup) as source, pytest.raises(BackupError, match=r"not empty: it has 1 tables \(theirs\)"):
        restore(make_tools(place, tmp_path / "var"), source)
    assert list_touched(place, tmp_path / "var") == ["theirs"]
    with place.reading() as session:
        assert session.connection().exec_driver_sql("SELECT one FROM theirs").all() == [(1,)]


def test_a_sealed_backup_needs_its_key(city: City, place: Database, tmp_path: Path) -> None:
    """Issue 9: a wrong key is refused with the reason before anything is touched; the right one restores."""
    fill(city, tmp_path)
    made = back_up(city.database, tmp_path, tmp_path / "sealed", KEY)
    raw = (tmp_path / "sealed").read_bytes()
    assert b"lianban" not in raw
    assert SCAN[:16] not in raw
    refuse(tmp_path / "sealed", place, tmp_path / "var", "not the one that is set", OTHER)
    refuse(tmp_path / "sealed", place, tmp_path / "var", "none is set")
    with opened(tmp_path / "sealed", OTHER, KEY) as source:
        assert restore(make_tools(place, tmp_path / "var"), source).checked.digest == made.digest


def test_one_byte_changed_anywhere_is_found(city: City, tmp_path: Path) -> None:
    """In the open and sealed: the whole file is read before anything is done with it."""
    fill(city, tmp_path)
    for name, keys in (("open", ()), ("sealed", (KEY,))):
        back_up(city.database, tmp_path, tmp_path / name, *keys)
        find_changes(tmp_path / name, keys)


def find_changes(path: Path, keys: tuple[BackupKey, ...]) -> None:
    """Change a byte of a backup here and there."""
    raw, changed = path.read_bytes(), path.with_name("changed")

    @settings(max_examples=12, deadline=None)
    @given(at=st.integers(0, len(raw) - 1), by=st.integers(1, 255))
    def find(at: int, by: int) -> None:
        changed.write_bytes(raw[:at] + bytes([raw[at] ^ by]) + raw[at + 1 :])
        with opened(changed, *keys) as source, pytest.raises(BackupError):
            check_backup(source)

    find()


def test_a_file_that_the_store_lost_is_told_and_the_rest_is_kept(city: City, place: Database, tmp_path: Path) -> None:
    """A rotten disk must not mean that there is no backup at all: it names what was missing or spoilt, and so do we."""
    fill(city, tmp_path)
    store = FolderStore(tmp_path / "files")
    (scan,) = store.names()
    kept = tmp_path / "files" / scan[:2] / scan[2:4] / scan
    kept.write_bytes(b"spoilt")
    spoilt = back_up(city.database, tmp_path, tmp_path / "spoilt")
    kept.unlink()
    lost = back_up(city.database, tmp_path, tmp_path / "lost")
    assert list(spoilt.faults) == [scan]
    assert lost.faults == {scan: "missing"}
    with opened(tmp_path / "spoilt") as source:
        assert [name for name, _ in check_backup(source).faults] == [scan]
    with opened(tmp_path / "spoilt") as source:
        done = restore(make_tools(place, tmp_path / "var"), source)
    assert [one.en for one in done.verdict.faults] == [f"file {scan} is missing"]


def test_a_backup_that_cannot_be_written_leaves_nothing(city: City, tmp_path: Path) -> None:
    """A folder that is not there; a disk that takes no more, in the middle."""
    with pytest.raises(BackupError, match="cannot be written"):
        back_up(city.database, tmp_path, tmp_path / "none" / "a")
    size_bytes = back_up(city.database, tmp_path, tmp_path / "a").size_bytes
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes - 1, limits[1]))
    try:
        with pytest.raises(BackupError, match=r"cannot be written \(File too large\)"):
            back_up(city.database, tmp_path, tmp_path / "b")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list(tmp_path.glob("b*"))
