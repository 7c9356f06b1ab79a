"""`flask paper`: who issues, whether a file is one that was issued, the archive read again."""

from pathlib import Path

import pytest

from app.edge.attachment import open_store
from tests.app.edge.paperwork.drawing import draw_plainly
from tests.client import Caller
from tests.sweeping import local


def test_a_paper_is_issued_verified_and_found_altered(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Issued once, by the office; its file is genuine, another is not; a byte more in the archive is found."""
    draw_plainly(monkeypatch, "progress")
    caller.city.project()
    caller.clock.set(local(2026, 4, 6))
    runner = caller.app.test_cli_runner()
    given = ["paper", "issue", "progress", "--period", "2026-03"]
    assert "issued" in runner.invoke(args=[*given, "--by", "office1"]).output
    assert "was issued before" in runner.invoke(args=[*given, "--by", "office1"]).output
    assert runner.invoke(args=[*given, "--by", "tra_head"]).exit_code != 0
    assert runner.invoke(args=[*given, "--by", "nobody"]).exit_code != 0
    store = open_store(caller.context)
    names = list(store.names())
    file = tmp_path / "paper.pdf"
    with store.open(names[0]) as stream:
        file.write_bytes(stream.read())
    told = runner.invoke(args=["paper", "verify", str(file)])
    assert (told.exit_code, "genuine" in told.output) == (0, True)
    wrong = runner.invoke(args=["paper", "verify", str(file), "--code", "0" * 20])
    assert (wrong.exit_code, "unknown" in wrong.output) == (1, True)
    assert runner.invoke(args=["paper", "check"]).exit_code == 0
    file.write_bytes(file.read_bytes() + b" ")
    assert runner.invoke(args=["paper", "verify", str(file)]).exit_code == 1
    (path,) = caller.context.settings.var.glob(f"files/??/??/{names[0]}")
    path.write_bytes(b"x")
    checked = runner.invoke(args=["paper", "check"])
    assert checked.exit_code == 1
    assert "3 faults" in checked.output  # one made-up file stands for three endings
