"""`flask doctor`: every check in words and as JSON, in both languages; its exit status; never a trace."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result

from app.core.watch.finding import Finding
from app.edge.doctor import table
from app.edge.doctor.patient import Check, Patient, fault, well
from tests.client import Caller
from workflows.words import Text

ROOT = Path(__file__).resolve().parents[4]


def run(caller: Caller, *arguments: str) -> Result:
    """Run the command."""
    return caller.app.test_cli_runner().invoke(args=["doctor", *arguments])


@pytest.fixture
def two_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the doctor look at two things: a disk that is full, a store that is well."""

    def full(_patient: Patient) -> list[Finding]:
        return [fault("disk", "磁盘已满", "The disk is full", "清理磁盘", "Free it")]

    def fine(_patient: Patient) -> list[Finding]:
        return [well("store", "文件库可用", "the store answers")]

    checks = (Check("disk", Text("磁盘", "Disk"), full), Check("store", Text("文件库", "Store of files"), fine))
    monkeypatch.setattr(table.examine, "__defaults__", (checks,))


@pytest.mark.usefixtures("two_checks")
def test_it_says_what_is_wrong_and_what_mends_it(caller: Caller) -> None:
    """In the installation's language or the one that is asked for; status 1 with a fault."""
    chinese, english = run(caller), run(caller, "--lang", "en")
    assert chinese.exit_code == english.exit_code == 1
    assert chinese.stdout == "故障 磁盘：磁盘已满\n        → 清理磁盘\n正常 文件库：文件库可用\n"
    assert english.stdout == (
        "fault   Disk: The disk is full\n        → Free it\nok      Store of files: the store answers\n"
    )
    assert english.stderr == ""


@pytest.mark.usefixtures("two_checks")
def test_as_json_both_languages_stand_side_by_side(caller: Caller) -> None:
    """One object on stdout, for whoever watches many installations."""
    told = json.loads(run(caller, "--json").stdout)
    assert told["state"] == "fault"
    assert told["checks"][0] == {
        "check": "disk",
        "state": "fault",
        "said": {"zh": "磁盘已满", "en": "The disk is full"},
        "mend": {"zh": "清理磁盘", "en": "Free it"},
    }
    assert told["checks"][1]["mend"] is None


def test_bad_use_is_status_2(caller: Caller) -> None:
    """An address that is none, a language that is none."""
    assert run(caller, "--send-to", "nobody").exit_code == 2
    assert run(caller, "--lang", "fr").exit_code == 2
    missing = run(caller, "--send-to", "admin@example.gov", "--lang", "en")
    assert "the test mail was not sent" in missing.stdout


def test_without_a_database_it_tells_that_and_looks_at_the_rest(tmp_path: Path) -> None:
    """A real process on a database that is away: the fault, the other checks, status 1, nothing on stderr, no trace."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("LIANBAN_")} | {
        "LIANBAN_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/nothing", "LIANBAN_VAR": str(tmp_path),
        "FLASK_APP": "wsgi", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "flask", "doctor", "--json"], cwd=ROOT, env=env, capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    told = {one["check"]: one["state"] for one in json.loads(done.stdout)["checks"]}
    assert told["database"] == "fault"
    assert (told["files"], told["libraries"], told["packages"]) == ("ok", "ok", "ok")
    assert "scheduler" not in told
