"""flask meeting import: what it says and how it ends."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from app.core.clock import FixedClock
from app.edge.context import current_context
from app.factory import create_app
from config import read_settings
from tests.city import NOW, City

Run = Callable[..., Result]


@pytest.fixture
def run(city: City, database_url: str, tmp_path: Path) -> Iterator[Run]:  # noqa: ARG001  # fills the database
    """Give a runner of `flask meeting …` on the city's database, the clock standing at NOW."""
    settings = read_settings({"LIANBAN_VAR": str(tmp_path), "LIANBAN_LOCALE": "en", "LIANBAN_SECRET_KEY": "k" * 40})
    app = create_app(replace(settings, database_url=database_url), FixedClock(NOW))
    with app.app_context():
        engine = current_context().database.engine
    yield lambda *args: app.test_cli_runner().invoke(args=["meeting", *(str(arg) for arg in args)])
    engine.dispose()


def test_import_prints_what_it_did(run: Run, tmp_path: Path) -> None:
    """Issue 7.11: counts on stdout, findings with line and field on stderr; a dry run first; again adds nothing."""
    meetings, lines = tmp_path / "openwis_meetings.csv", tmp_path / "d.csv"
    meetings.write_text("meeting_date,body,mode,agencies_named\n2024-05-02,board,remote,MF\n", encoding="utf-8")
    lines.write_text(
        "meeting_date,body,tracker_issue,agencies,due_text,text\n2024-05-02,board,,MF,soon,C\n", encoding="utf-8"
    )
    dry = run("import", meetings, "--decisions", lines, "--dry-run", "--as", "office1")
    assert (dry.exit_code, dry.stdout.splitlines()[0]) == (0, "Dry run, nothing written:")
    done = run("import", meetings, "--decisions", lines, "--as", "office1")
    assert "created: 2" in done.stdout
    assert "flags: 1 (date_text 1)" in done.stdout
    assert (
        done.stderr == "flag [date_text] sheet 'd.csv', row 2, column 'due_text': 'soon': a certain day; kept as text\n"
    )
    assert "there already: 2" in run("import", meetings, "--decisions", lines).stdout


def test_what_is_wrong_ends_with_a_status(run: Run, tmp_path: Path) -> None:
    """Faults of the file: 1 and nothing imported; an unknown mapping or account is told by its option."""
    broken = tmp_path / "m.jsonl"
    broken.write_text('{"ID": 1', encoding="utf-8")
    done = run("import", broken, "--mapping", "nyc_council_meetings_2024_2025")
    assert done.exit_code == 1
    assert "row 1" in done.stderr
    assert "nothing was imported" in done.stderr
    assert "--mapping" in run("import", broken).stderr
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("x = 1", encoding="utf-8")
    assert "meeting" in run("import", broken, "--mapping", wrong).stderr
    good = tmp_path / "openwis_meetings.csv"
    good.write_text("meeting_date,body,mode,agencies_named\n2024-05-02,board,remote,\n", encoding="utf-8")
    assert "nobody" in run("import", good, "--as", "nobody").stderr
