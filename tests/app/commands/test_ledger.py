"""flask ledger: what it says, how it ends, and that a killed import leaves nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.core.clock import FixedClock
from app.edge.context import current_context
from app.factory import create_app
from app.models.ledger import LedgerImport
from app.models.organisation import Person
from app.models.record import Audit
from config import ROOT, read_settings
from tests.app.services.ledger.ledgers import count, count_imports, find
from tests.city import NOW, City

Run = Callable[..., Result]
TEXT = "编号,名称,牵头单位,状态,截止日期\nT1,数据对接,交通局,承办中,2026-03-20\nT2,信号机,气象局,承办中,2026-04-01\n"


@pytest.fixture
def run(city: City, database_url: str, tmp_path: Path) -> Iterator[Run]:  # noqa: ARG001  # fills the database
    """Give a runner of commands on the city's database, the clock standing at NOW."""
    settings = read_settings({"LIANBAN_VAR": str(tmp_path), "LIANBAN_LOCALE": "en", "LIANBAN_SECRET_KEY": "k" * 40})
    app: Flask = create_app(replace(settings, database_url=database_url), FixedClock(NOW))
    with app.app_context():
        engine = current_context().database.engine
    yield lambda *args: app.test_cli_runner().invoke(args=["ledger", *(str(arg) for arg in args)])
    engine.dispose()


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Give a small ledger in our own format."""
    path = tmp_path / "台账.csv"
    path.write_text(TEXT)
    return path


def test_import_prints_what_it_did(run: Run, city: City, ledger: Path) -> None:
    """The summary stands on stdout; the import is on record with file, account and counts."""
    result = run("import", ledger)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "items created: 2" in result.stdout
    again = run("import", ledger)
    assert "items unchanged: 2" in again.stdout
    assert again.stderr == "The same file was imported before, on 2026-03-02.\n"
    with city.database.reading() as session:
        rows = session.execute(
            select(LedgerImport.file_name, LedgerImport.created, LedgerImport.unchanged, Person.login)
            .join(Person, Person.id == LedgerImport.actor_id)
            .order_by(LedgerImport.id)
        ).all()
    assert [tuple(row) for row in rows] == [("台账.csv", 2, 0, "system-import"), ("台账.csv", 0, 2, "system-import")]


def test_faults_end_with_1_and_write_nothing(run: Run, city: City, ledger: Path) -> None:
    """P63, P78: one line a fault with row, column, value and what was expected; nothing is written."""
    before = count(city)
    ledger.write_text(TEXT.replace("2026-03-20", "待定").replace("气象局", "气象部"))
    result = run("import", ledger)
    assert (result.exit_code, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    assert lines[0] == "fault [bad_date] row 2, column '截止日期': '待定': a date like 2024-03-05"
    assert len(lines) == 2
    assert lines[-1] == "The file has faults; nothing was imported."
    assert (count(city), count_imports(city)) == (before, 0)
    ledger.write_text(TEXT.replace("气象局", "气象部"))
    assert "perhaps '气象局'?" in run("import", ledger).stderr


def test_a_dry_run_writes_nothing(run: Run, city: City, ledger: Path) -> None:
    """--dry-run says what would be."""
    before = count(city)
    result = run("import", ledger, "--dry-run")
    assert result.exit_code == 0
    assert "Dry run, nothing written:" in result.stdout
    assert "items created: 2" in result.stdout
    assert (count(city), count_imports(city)) == (before, 0)


def test_options_of_an_import(run: Run, city: City, ledger: Path) -> None:
    """--as puts somebody on record, --escalate-from chooses the clocks' start."""
    assert run("import", ledger, "--as", "office1", "--escalate-from", "2026-02-02").exit_code == 0
    assert str(find(city, "T1")["escalate_from"]) == "2026-02-02"
    assert find(city, "T1")["created_by"] == city.people["office1"]
    with city.database.reading() as session:
        roles = session.execute(select(Audit.acting_role, Audit.acting_post_id).distinct()).all()
    assert [tuple(row) for row in roles] == [("office", city.posts["office1"])]


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("--mapping", "nix"), "uk_gmpp_2023"),
        (("--as", "nobody"), "nobody"),
        (("--escalate-from", "tomorrow"), "tomorrow"),
        (("--kind", "share"), "share"),
    ],
)
def test_bad_use_of_import_ends_with_2(run: Run, city: City, ledger: Path, args: tuple[str, ...], named: str) -> None:
    """DESIGN 6: 2 for bad use, the reason on stderr, nothing written."""
    before = count(city)
    result = run("import", ledger, *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr
    assert count(city) == before


def test_a_faulty_mapping_tells_all_its_faults(run: Run, ledger: Path, tmp_path: Path) -> None:
    """A mapping that cannot be used is bad use; each fault is a line with its place."""
    mapping = tmp_path / "m.toml"
    mapping.write_text('key = ["编号"]\n[source]\nkind = "task"\nnam = "x"\n[columns]\ntitle = "名称"\n')
    result = run("import", ledger, "--mapping", mapping)
    assert result.exit_code == 2
    assert [line.partition(":")[0] for line in result.stderr.splitlines()] == [
        "source.nam", "source.name", "source.external_source",
    ]  # fmt: skip


def test_a_missing_file_is_bad_use(run: Run, tmp_path: Path) -> None:
    """A file that is not there ends with 2."""
    assert run("import", tmp_path / "nix.csv").exit_code == 2


@pytest.mark.parametrize("ending", ["csv", "xlsx", "CSV"])
def test_an_export_reads_back(run: Run, city: City, ledger: Path, tmp_path: Path, ending: str) -> None:
    """Out and in again proposes no change; the export is audited and leaves no half file."""
    run("import", ledger)
    out = tmp_path / f"out.{ending}"
    result = run("export", out)
    assert (result.exit_code, result.stdout) == (0, "2 items written\n")
    again = run("import", out)
    assert "items unchanged: 2" in again.stdout
    assert not list(tmp_path.glob(".*.part"))
    with city.database.reading() as session:
        after = session.execute(select(Audit.after).where(Audit.action == "ledger.export")).scalar_one()
    assert after == {"rows": 2}


def test_an_export_for_somebody(run: Run, ledger: Path, tmp_path: Path) -> None:
    """--as writes what that person may read, --kind one kind of item; another ending is bad use."""
    run("import", ledger)
    assert run("export", tmp_path / "o.csv", "--as", "tra_staff").stdout == "1 items written\n"
    assert run("export", tmp_path / "o.csv", "--kind", "project").stdout == "0 items written\n"
    refused = run("export", tmp_path / "o.pdf")
    assert refused.exit_code == 2
    assert ".csv" in refused.stderr


def write_many(path: Path, size: int) -> Path:
    """Write a ledger of `size` tasks."""
    path.write_text("编号,名称,牵头单位,状态\n" + "".join(f"T{n},任务{n},交通局,承办中\n" for n in range(size)))
    return path


def test_a_killed_import_leaves_nothing(city: City, database_url: str, tmp_path: Path) -> None:
    """P78, P72(b): killed in the middle of 5,000 rows, after some were written: nothing stays; then it goes through."""
    path = write_many(tmp_path / "many.csv", 5_000)
    env = {k: v for k, v in os.environ.items() if not k.startswith("LIANBAN_")}
    env |= {
        "LIANBAN_DATABASE_URL": database_url,
        "LIANBAN_VAR": str(tmp_path),
        "LIANBAN_LOCALE": "en",
        "FLASK_APP": "wsgi",
    }
    command = [sys.executable, "-m", "flask", "ledger", "import", str(path)]
    before = count(city)
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        process.send_signal(signal.SIGKILL)
        rest = process.stderr.read()
    assert process.returncode == -signal.SIGKILL
    assert first.endswith(b"/5000\n")
    assert b"5000/5000" not in first + rest
    for _ in range(100):  # the server may need a moment to see that its client is gone
        if count(city) == before:
            break
        time.sleep(0.1)
    assert count(city) == before
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"items created: 5000" in done.stdout
    assert b"5000/5000" in done.stderr.splitlines()
    assert count(city)["items"] == 5_000
