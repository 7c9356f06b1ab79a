"""From a real ledger to the progress report, as a user does it: import, escalate, report."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from click.testing import Result

from app.core.clock import FixedClock
from app.factory import create_app
from config import read_settings
from tests.city import NOW

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    """Give a runner of commands on an upgraded, empty database, the clock standing at NOW."""
    settings = read_settings({"LIANBAN_VAR": str(tmp_path), "LIANBAN_LOCALE": "en", "LIANBAN_SECRET_KEY": "k" * 40})
    app = create_app(replace(settings, database_url=database_url), FixedClock(NOW))
    return lambda *args: app.test_cli_runner().invoke(args=[str(arg) for arg in args])


def read_text(path: Path) -> str:
    """Return the text of a PDF, lines and blanks folded."""
    document = pypdfium2.PdfDocument(path)
    pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    document.close()
    return " ".join(" ".join(pages).split())


@pytest.mark.realdata
def test_the_history_of_capital_projects_agrees_with_the_independent_figures(
    run: Run, real_data: Path, tmp_path: Path
) -> None:
    """378 projects, 284 budgets of 31,974,750,591.36, 211 of 309 late by 716.2 days, 149 of 278 by the forecasts."""
    mapping = "nyc_capital_projects_history"
    imported = run("ledger", "import", real_data / f"{mapping}.csv", "--mapping", mapping)
    assert imported.exit_code == 0, imported.stderr
    swept = run("escalate", "--at", "2019-09-30T10:00")
    assert swept.exit_code == 0
    assert json.loads(swept.stdout)["raised"] == 0
    out = tmp_path / "report.pdf"
    made = run("report", "progress", "--month", "2019-09", "--out", out, "--lang", "en")
    assert made.exit_code == 0, made.output
    text = read_text(out)
    assert "Of 378 open joint projects" in text
    assert "Projects with a known budget 284 378" in text
    assert "31,974,750,591.36" in text
    assert "211 /309" in text
    assert "Mean lateness by the source 716.2 days 211" in text
    assert "Late by the stored forecasts 149 278" in text
    assert "since 31 August 2019" in text
    first = hashlib.sha256(out.read_bytes()).hexdigest()
    run("report", "progress", "--month", "2019-09", "--out", out, "--lang", "en")
    assert hashlib.sha256(out.read_bytes()).hexdigest() == first


@pytest.mark.realdata
def test_the_budgets_of_fy2021_are_read_in_thousands(run: Run, real_data: Path, tmp_path: Path) -> None:
    """2,010 projects with 29,495,063 thousand in total."""
    mapping = "nyc_capital_project_detail_fy2021"
    assert run("ledger", "import", real_data / f"{mapping}.csv", "--mapping", mapping).exit_code == 0
    out = tmp_path / "report.pdf"
    assert run("report", "progress", "--month", "2026-03", "--out", out, "--lang", "en").exit_code == 0
    text = read_text(out)
    assert "Of 2,010 open joint projects" in text
    assert "29,495,063,000.00" in text


@pytest.mark.parametrize(("limit", "raised"), [("workdays(110)", 34), ("workdays(20)", 41)])
@pytest.mark.realdata
def test_the_idle_rung_of_open_actions(run: Run, real_data: Path, limit: str, raised: int) -> None:
    """OpenWIS: an unchanged row is no progress; 34 stayed open through all four snapshots, 41 are open at the last."""
    mapping = "openwis_actions_snapshots"
    assert run("rules", "set", "task.idle", limit, "--from", "2000-01-01").exit_code == 0
    imported = run("ledger", "import", real_data / f"{mapping}.csv", "--mapping", mapping, "--escalate-from", "source")
    assert imported.exit_code == 0, imported.stderr
    swept = json.loads(run("escalate", "--at", "2017-03-15T10:00").stdout)
    items = json.loads(run("escalate", "--at", "2017-03-15T10:00").stdout)
    assert items["raised"] == 0
    assert swept["told"] == raised


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--month", "2026-13", "--out", "r.pdf"), "expected e.g. 2026-03"),
        (("--month", "2026-03", "--out", "r.txt"), "ending in .pdf"),
        (("--month", "2026-03", "--out", "/nowhere/r.pdf"), "no folder"),
        (("--month", "2026-03", "--out", "r.pdf", "--lang", "fr"), "'fr' is not one of"),
    ],
)
def test_bad_use_of_the_report_command(run: Run, args: tuple[str, ...], said: str) -> None:
    """Status 2 and one sentence."""
    result = run("report", "progress", *args)
    assert result.exit_code == 2
    assert said in result.stderr


def test_docs_are_drawn(run: Run) -> None:
    """`docs workflows` writes a page for each workflow."""
    assert "docs: task.md" in run("docs", "workflows").stdout
