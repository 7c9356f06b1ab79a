"""A little of the fuzzing in every run, always with the same inputs; and that the fuzzing notices what it is for."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.__main__ import TARGETS, main
from tests.fuzz.traps import TRAPS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = 25


def _fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_every_reader_takes_or_refuses_whatever_it_is_fed() -> None:
    """Issue 9, part 8: a clear refusal or a proper result, within bounds of CPU and memory, from every reader."""
    done = _fuzz("--examples", str(EXAMPLES))
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    told = [line.partition(":")[0] for line in done.stdout.splitlines() if " fed, " in line]
    assert told == [target.name for target in TARGETS]


def test_the_fuzzing_notices_a_broken_contract() -> None:
    """A fault of ours, too much memory, too much CPU, a text that nothing keeps, a refusal that says nothing."""
    done = _fuzz("--examples", "1", *(target.name for target in TRAPS))
    assert done.returncode == 1
    for name, said in (
        ("trap-raises", "KeyError"),
        ("trap-eats", "TooHungryError"),
        ("trap-lingers", "TooSlowError"),
        ("trap-keeps", "no database keeps"),
        ("trap-shrugs", "a refusal without a fault"),
    ):
        told = done.stdout.partition(f"{name}: ")[2]
        assert told.splitlines()[0].endswith("FAULT"), (name, done.stdout[-3000:], done.stderr[-2000:])
        assert said in told, name


def test_an_unknown_target_is_bad_use(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2 and one line that names those there are."""
    assert main(["no-such-target"]) == 2
    assert capsys.readouterr().err.startswith("no target no-such-target; there are: ledger-")
