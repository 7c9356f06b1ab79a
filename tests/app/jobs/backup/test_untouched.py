"""One byte changed in each part of a backup, or its end cut off: refused with the reason, the place is as it was."""

import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.backup.errors import BackupError
from app.core.backup.key import BackupKey
from app.core.database import Database
from app.core.pieces import SEALED_BYTES
from app.core.store import StoreAwayError
from app.jobs.backup import restoring
from app.jobs.backup.restoring import check_place, restore
from tests.app.jobs.backup.staging import (
    Kept,
    back_up,
    empty_place,
    fill,
    kind_of,
    list_touched,
    make_tools,
    opened,
)
from tests.city import City
from tests.servers.bucket import make_place

KEY = BackupKey(b"K", bytes(32))
#: Where a byte is changed, and what is said.
Changes = list[tuple[int, str]]
#: The sealed file's header: the mark, version and kind of key, the key's id, the salt.
_HEADER_BYTES = 8 + 2 + 8 + 32


@pytest.fixture
def place(city: City) -> Iterator[Database]:
    """Give an empty place of the city's own kind."""
    with empty_place(kind_of(city.database)) as database:
        yield database


@pytest.fixture(params=["folder", "bucket"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    """Give an empty folder, or an empty bucket."""
    return tmp_path / "var" if request.param == "folder" else make_place()


def find_places(path: Path) -> tuple[Changes, list[int]]:
    """Return where a byte of an open backup is changed, part by part, and the sizes to which it is cut off."""
    with tarfile.open(path) as archive:
        members = {member.name: member for member in archive}
    raw, size = path.read_bytes(), path.stat().st_size
    head, manifest, closing = (members[name] for name in ("head.json", "manifest.json", "closing.txt"))
    rows = next(one for name, one in members.items() if name.startswith("tables/history/"))
    file = next(one for name, one in members.items() if name.startswith("files/"))
    changes = [
        (head.offset, "No backup of Lianban"),
        (raw.index(b"lianban", head.offset_data), "No backup of Lianban"),
        (raw.index(b'"taken_at":"', head.offset_data) + 15, "its checksum is another"),
        (rows.offset + 20, f"at byte {rows.offset}"),
        (rows.offset_data + rows.size // 2, "in member tables/history/"),
        (rows.offset_data + rows.size, "after member tables/history/"),
        (file.offset + 10, f"at byte {file.offset}"),
        (file.offset_data, "its checksum is another"),
        (file.offset_data + file.size - 1, "its checksum is another"),
        (raw.index(b'"rows":', manifest.offset_data) + 7, "its checksum is another"),
        (closing.offset_data, "its checksum is another"),
        (closing.offset_data + closing.size - 1, "its checksum is another"),
        (size - 1, "does not end where it should"),
    ]  # fmt: skip
    cuts = [1, head.offset_data + 9, rows.offset, rows.offset_data + 1, file.offset, file.offset_data + file.size // 2]
    return changes, [*cuts, manifest.offset, closing.offset, size - 1024, size - 1]


def find_sealed_places(path: Path) -> tuple[Changes, list[int]]:
    """Return the same of a sealed backup, which has no other parts than its header and its pieces."""
    size = path.stat().st_size
    assert size > _HEADER_BYTES + SEALED_BYTES, "of one piece only"
    changes = [
        (0, "No backup of Lianban"),
        (8, "sealed in a way that this release does not know"),
        (10, "not the one that is set"),
        (_HEADER_BYTES - 1, "sealed piece 1"),
        (_HEADER_BYTES, "sealed piece 1"),
        (_HEADER_BYTES + SEALED_BYTES - 1, "sealed piece 1"),
        (_HEADER_BYTES + SEALED_BYTES, "sealed piece 2"),
        (size - 1, "sealed piece"),
    ]
    return changes, [20, _HEADER_BYTES, _HEADER_BYTES + SEALED_BYTES, size // 2, size - 1]


def refuse_each(path: Path, places: tuple[Changes, list[int]], place: Database, kept: Kept, *keys: BackupKey) -> None:
    """Change, cut off and lengthen a backup; each time it is refused, and the place is what it was."""
    raw, changed = path.read_bytes(), path.with_name("changed")

    def refuse(content: bytes, match: str) -> None:
        changed.write_bytes(content)
        with opened(changed, *keys) as source, pytest.raises(BackupError, match=match):
            restore(make_tools(place, kept), source)
        assert list_touched(place, kept) == []

    changes, cuts = places
    for at, match in changes:
        refuse(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :], match)
    for size in cuts:
        refuse(raw[:size], "The backup is damaged|No backup of Lianban")
    refuse(raw + b"\0", "The backup is damaged")
    with opened(path, *keys) as source:  # it was the change, not the place
        assert check_place(make_tools(place, kept), source).manifest.files == 1


def test_a_changed_byte_leaves_the_place_untouched(city: City, place: Database, kept: Kept, tmp_path: Path) -> None:
    """Issue 9, part 4: in the head, the rows, a file, the manifest, the checksum, the end; cut off in each of them."""
    fill(city, tmp_path)
    back_up(city.database, tmp_path, tmp_path / "open")
    back_up(city.database, tmp_path, tmp_path / "sealed", KEY)
    refuse_each(tmp_path / "open", find_places(tmp_path / "open"), place, kept)
    refuse_each(tmp_path / "sealed", find_sealed_places(tmp_path / "sealed"), place, kept, KEY)


def test_a_file_that_changes_after_it_was_read_leaves_no_mark(
    city: City, place: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each later pass finds it, too: no table, no mark; then the right file is restored there."""
    fill(city, tmp_path)
    path, var = tmp_path / "a", tmp_path / "var"
    made = back_up(city.database, tmp_path, path)
    right = path.read_bytes()
    (at,) = (at for at, match in find_places(path)[0] if match.startswith("in member"))

    def spoil_before(step: str) -> None:
        work: Callable[..., Any] = getattr(restoring, step)

        def spoil(*given: Any) -> Any:  # noqa: ANN401  # as the step
            path.write_bytes(right[:at] + bytes([right[at] ^ 1]) + right[at + 1 :])
            return work(*given)

        with monkeypatch.context() as patch, opened(path) as source:
            patch.setattr(restoring, step, spoil)
            with pytest.raises(BackupError, match="in member tables/history"):
                restore(make_tools(place, var), source)
        assert list_touched(place, tmp_path / "no folder") == []
        path.write_bytes(right)

    for step in ("_put_files", "_load"):
        spoil_before(step)
    with opened(path) as source:
        assert restore(make_tools(place, var), source).checked.digest == made.digest


def test_a_store_that_does_not_answer_is_found_before_anything_is_begun(
    city: City, place: Database, tmp_path: Path
) -> None:
    """A bucket that nobody made: told by the check as well; the database stays empty."""
    fill(city, tmp_path)
    back_up(city.database, tmp_path, tmp_path / "a")
    tools = make_tools(place, make_place(bucket="nobody-made-this"))
    for work in (check_place, restore):
        with opened(tmp_path / "a") as source, pytest.raises(StoreAwayError):
            work(tools, source)
        assert list_touched(place, tmp_path / "no folder") == []
