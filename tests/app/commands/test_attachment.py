"""`flask attachment check` and the night's upkeep: rows without bytes are faults, bytes without rows go after a day."""

import hashlib
import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.clock import FixedClock
from app.core.setting import SettingError
from app.core.store import FolderStore
from app.jobs.attachment import attachment_job
from app.jobs.tools import Tools
from config import read_settings
from tests.app.api.test_attachment import stored, upload
from tests.app.services.attachment.files import PDF, PNG
from tests.client import Caller

NIGHT = datetime.now(UTC) + timedelta(hours=1)


def check(caller: Caller) -> tuple[int, str, str]:
    """Run the command; return status, stdout, stderr."""
    done = caller.app.test_cli_runner().invoke(args=["attachment", "check"])
    return done.exit_code, done.stdout, done.stderr


def run_job(caller: Caller, at: datetime = NIGHT) -> str:
    """Run the night's job at an instant of the machine's own time, to which files' ages belong."""
    city = caller.city
    store = FolderStore(caller.context.settings.var / "files")
    return attachment_job(Tools(city.database, city.book, FixedClock(at), store=store), at)


def attach(caller: Caller, content: bytes = PDF, name: str = "a.pdf") -> int:
    """Add a file and return its id."""
    made = upload(caller, "office1", f"/items/{caller.city.task()}/attachments", content, name)
    return int(made.json["id"])


def remove(caller: Caller, attachment: int) -> None:
    """Take a file away."""
    headers = {"Authorization": f"Bearer {caller.token('office1')}"}
    path = f"/api/v1/attachments/{attachment}"
    assert caller.client.delete(path, json={"reason": "x"}, headers=headers).status_code == 200


def age(path: Path) -> None:
    """Make a file two days old."""
    old = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(path, (old, old))


def test_all_well(caller: Caller) -> None:
    """Nothing and something: status 0, counted."""
    assert check(caller) == (0, "attachments: 0 checked, 0 faults, 0 files that no row needs\n", "")
    attach(caller)
    attach(caller)
    attach(caller, PNG, "a.png")
    assert check(caller) == (0, "attachments: 3 checked, 0 faults, 0 files that no row needs\n", "")


def test_rows_without_bytes_or_with_others_are_faults(caller: Caller) -> None:
    """Each row is named, status 1; a removed row needs no bytes."""
    gone, changed, removed = attach(caller), attach(caller, PNG, "a.png"), attach(caller, b"x", "a.txt")
    remove(caller, removed)
    for path in stored(caller):
        if path.name == hashlib.sha256(PDF).hexdigest():
            path.unlink()
        else:
            path.write_bytes(b"other")
    status, out, err = check(caller)
    assert status == 1
    assert out == "attachments: 2 checked, 2 faults, 1 files that no row needs\n"
    lines = err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"attachment {gone}: no bytes under ")
    assert lines[1].startswith(f"attachment {changed}: ")
    assert "does not open" in lines[1]


def test_bytes_that_no_row_needs_go_after_a_day(caller: Caller) -> None:
    """Orphans and removed files' bytes go once they are a day old; bytes that another row needs stay."""
    city = caller.city
    store = FolderStore(caller.context.settings.var / "files")
    first, second = attach(caller), attach(caller)
    alone = attach(caller, PNG, "a.png")
    store.put(io.BytesIO(b"orphan"), 100)
    remove(caller, first)
    remove(caller, alone)
    assert check(caller)[1] == "attachments: 1 checked, 0 faults, 2 files that no row needs\n"
    assert run_job(caller) == "orphans 2, dropped 0"
    for path in stored(caller):
        age(path)
    assert run_job(caller) == "orphans 2, dropped 2"
    assert run_job(caller) == "orphans 0, dropped 0"
    assert check(caller)[0] == 0
    assert len(stored(caller)) == 1
    assert second
    assert attachment_job(Tools(city.database, city.book, FixedClock(NIGHT)), NIGHT) == "no store"


def test_a_file_that_comes_again_keeps_its_bytes(caller: Caller) -> None:
    """Removed, old, then uploaded once more before the night: the new row finds its bytes in the morning."""
    remove(caller, attach(caller))
    for path in stored(caller):
        age(path)
    attach(caller)
    assert run_job(caller) == "orphans 0, dropped 0"
    assert check(caller)[0] == 0


def test_the_largest_file_is_a_setting(tmp_path: Path) -> None:
    """LIANBAN_MAX_FILE_MB: a bad value stops the start and names the variable."""
    given = {"LIANBAN_VAR": str(tmp_path), "LIANBAN_SECRET_KEY": "k" * 40}
    assert read_settings(given).max_file_mb == 50
    assert read_settings(given | {"LIANBAN_MAX_FILE_MB": "1024"}).max_file_mb == 1024
    for value in ("0", "1025", "-1", "5.5", "fifty", "٥"):
        with pytest.raises(SettingError, match="LIANBAN_MAX_FILE_MB"):
            read_settings(given | {"LIANBAN_MAX_FILE_MB": value})
