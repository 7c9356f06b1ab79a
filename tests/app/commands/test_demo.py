"""`flask demo`: loads once, refuses a city in use, prints the log-ins; what it made can be reported on."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from click.testing import Result

from app.core.clock import FixedClock
from app.factory import create_app
from app.jobs import demo
from config import read_settings
from tests import lived
from tests.city import NOW

Run = Callable[..., Result]


def make_run(url: str, folder: Path, clock: FixedClock) -> Run:
    """Return a runner of commands on the database at `url`."""
    settings = read_settings({"LIANBAN_VAR": str(folder), "LIANBAN_LOCALE": "en", "LIANBAN_SECRET_KEY": "k" * 40})
    app = create_app(replace(settings, database_url=url), clock)
    return lambda *args: app.test_cli_runner().invoke(args=[str(arg) for arg in args])


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    """Give a runner on an upgraded, empty database, the clock standing at NOW."""
    return make_run(database_url, tmp_path, FixedClock(NOW))


def read_text(path: Path) -> str:
    """Return the text of a PDF, lines and blanks folded."""
    document = pypdfium2.PdfDocument(path)
    pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
    document.close()
    return " ".join(" ".join(pages).split())


def test_the_city_is_loaded_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`demo load` fills an empty database, a line a month, and refuses any other: the story's last day alone."""
    monkeypatch.setattr(demo, "FIRST_DAY", 0)
    assert run("demo", "accounts").stdout == ""
    first = run("demo", "load", "--until", "2026-02-27")
    assert first.exit_code == 0, first.output
    assert "demo: 2026-02  0 steps" in first.stdout
    assert "the made-up city of Yunzhou loaded" in first.stdout
    again = run("demo", "load")
    assert again.exit_code == 1
    assert "needs an empty one" in again.stderr
    assert "nothing loaded" in run("demo", "load", "--if-empty").stdout
    assert "yunzhou-demo" in run("demo", "accounts").stdout
    assert run("access", "check").exit_code == 0
    sealed = next(line for line in run("doctor", "--lang", "en").stdout.splitlines() if "the log is sealed" in line)
    assert "ok" in sealed, sealed  # the city's acts lie eight months back, and wait for nobody


@pytest.mark.parametrize("until", ["2026-03-01", "2026-03-07", None])
def test_a_story_ends_on_a_rest_day_too(run: Run, monkeypatch: pytest.MonkeyPatch, until: str | None) -> None:
    """A Sunday, a day to come (told so), and today at ten in the morning: the last working day before counts."""
    monkeypatch.setattr(demo, "FIRST_DAY", 0)
    loaded = run("demo", "load", *(("--until", until) if until else ()))
    assert loaded.exit_code == 0, loaded.output
    assert ("still to come" in loaded.stderr) == (until == "2026-03-07")


@pytest.mark.parametrize(
    ("until", "said"), [("yesterday", "is no day"), ("2026-02-30", "is no day"), ("1999-01-01", "too far away")]
)
def test_a_bad_day_is_refused(run: Run, until: str, said: str) -> None:
    """Status 2 and one sentence, and nothing is written."""
    refused = run("demo", "load", "--until", until)
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert run("demo", "accounts").stdout == ""


def test_the_month_of_the_lived_city_can_be_reported(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The monthly report is full: the projects with their money, forecasts that moved, lights that changed."""
    url = lived.copy_lived(lived.find_shared(tmp_path_factory), tmp_path)
    run = make_run(url, tmp_path, FixedClock(lived.NOW))
    assert run("access", "check").exit_code == 0
    for lang, words in (
        ("zh", ("联合项目工作月报", "11个在办联合项目", "4,520.00万元")),
        ("en", ("Monthly Progress Report", "Of 11 open joint projects", "45.20m CNY")),
    ):
        out = tmp_path / f"{lang}.pdf"
        made = run("report", "progress", "--month", "2026-06", "--out", out, "--lang", lang)
        assert made.exit_code == 0, made.output
        text = read_text(out)
        assert all(word in text for word in words), text[:3000]
