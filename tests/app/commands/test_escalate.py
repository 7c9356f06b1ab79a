"""The commands of time: escalate, calendar, rules."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result
from flask import Flask

from app.core.clock import FixedClock
from app.core.lease import make_lease
from app.edge.context import current_context
from app.factory import create_app
from config import read_settings
from tests.city import NOW, City
from tests.sweeping import local, messages, rungs, running_task

Run = Callable[..., Result]


@pytest.fixture
def run(city: City, database_url: str, tmp_path: Path) -> Iterator[Run]:  # noqa: ARG001  # fills the database
    """Give a runner of commands on the city's database, the clock standing at NOW."""
    settings = read_settings({"LIANBAN_VAR": str(tmp_path), "LIANBAN_LOCALE": "en", "LIANBAN_SECRET_KEY": "k" * 40})
    app: Flask = create_app(replace(settings, database_url=database_url), FixedClock(NOW))
    with app.app_context():
        engine = current_context().database.engine
    yield lambda *args: app.test_cli_runner().invoke(args=[str(arg) for arg in args])
    engine.dispose()


def test_escalate_prints_one_object_and_raises_once(city: City, run: Run) -> None:
    """DESIGN 6: one JSON object whose `raised` counts the rungs' rows; without a zone --at is the city's time."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    first, second = (run("escalate", "--at", at) for at in ("2026-03-17T09:00", "2026-03-17T01:00:00+00:00"))
    assert (first.exit_code, second.exit_code) == (0, 0)
    told = json.loads(first.output)
    assert (told["at"], told["raised"], told["faults"]) == ("2026-03-17T01:00:00+00:00", 1, 0)
    assert json.loads(second.output)["raised"] == 0
    assert rungs(city, item_id) == [("due", 1, False)]


def test_escalate_counts_slips_apart(city: City, run: Run) -> None:
    """Contract: `raised` counts rungs alone; the slips that followed are counted beside it, by what became of them."""
    running_task(city, due_on=date(2026, 3, 20))
    told = [json.loads(run("escalate", "--at", at).output) for at in ("2026-03-23", "2026-03-27", "2026-03-30")]
    assert [one["slips"] for one in told] == [
        {"made": 0, "issued": 0, "settled": 0},
        {"made": 1, "issued": 1, "settled": 0},
        {"made": 1, "issued": 0, "settled": 0},
    ]


def test_escalate_can_mute(city: City, run: Run) -> None:
    """P22: --mute-before writes what should have gone out before as muted."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    assert run("escalate", "--at", "2026-03-18T09:00", "--mute-before", "2026-03-18").exit_code == 0
    assert [row.status for row in messages(city, item_id)] == ["muted"]


def test_escalate_refuses_what_is_no_instant(run: Run) -> None:
    """DESIGN 6: exit status 2 for bad use, the reason on stderr."""
    result = run("escalate", "--at", "tomorrow")
    assert result.exit_code == 2
    assert "expected e.g." in result.stderr


def test_escalate_tells_faults_on_stderr(city: City, run: Run) -> None:
    """One line a fault on stderr, status 1, the object still printed."""
    item_id = running_task(city)
    with city.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE ladder_rung SET after = 'never' WHERE cause = 'idle'")
    result = run("escalate", "--at", "2026-06-30T09:00")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["faults"] == 1
    assert json.loads(result.stderr)["items"] == [item_id]


def test_escalate_waits_for_a_running_sweep(city: City, run: Run) -> None:
    """DESIGN 6: the command waits for the sweep lock."""
    lease = make_lease(city.database, "sweep")
    assert lease.try_take()
    done = threading.Event()
    seen = SimpleNamespace(is_free=False)

    def release() -> None:
        seen.is_free = not done.is_set()
        lease.release()

    timer = threading.Timer(0.6, release)
    timer.start()
    assert run("escalate", "--at", "2026-03-03").exit_code == 0
    done.set()
    timer.join()
    assert seen.is_free


def test_calendar_load_and_show(city: City, run: Run, tmp_path: Path) -> None:
    """P29, P33: a table is loaded and shown; a broken one names every fault and changes nothing."""
    assert "2027 provisional" in run("calendar", "show", 2027).output
    file = tmp_path / "2027.json"
    holiday = {"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"}
    file.write_text(json.dumps({"year": 2027, "source": "国办发明电", "holidays": [holiday]}), encoding="utf-8")
    item_id = running_task(city, due_on=date(2027, 1, 4))
    loaded = run("calendar", "load", file)
    assert loaded.exit_code == 0, loaded.stderr
    assert json.loads(loaded.output)["days_changed"] == 3
    shown = run("calendar", "show", 2027).output
    assert shown.startswith("2027 official (国办发明电)\n2027-01-01 holiday  元旦\n")
    assert rungs(city, item_id) == []
    file.write_text('{"year": 2027, "days": []}', encoding="utf-8")
    broken = run("calendar", "load", file)
    assert (broken.exit_code, broken.stderr.count("\n")) == (2, 1)
    file.write_text("{", encoding="utf-8")
    assert run("calendar", "load", file).exit_code == 2
    assert "official" in run("calendar", "show", 2027).output


def test_rules_show_and_set(city: City, run: Run) -> None:
    """Rules are shown by key and changed from a day on; unknown keys name the known ones."""
    running_task(city)
    assert "task.idle workdays(20)" in run("rules", "show").output
    done = run("rules", "set", "task.due.1", "workdays(-5)", "--note", "提前", "--apply-open")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.output)
    assert (told["old"], told["new"], told["items"], told["rungs_moved"]) == ("workdays(-3)", "workdays(-5)", 1, 1)
    assert run("rules", "show").output.splitlines()[-1] == "task.due.1 workdays(-5)"
    wrong = run("rules", "set", "task.idel", "workdays(5)", "--from", "2026-04-01")
    assert wrong.exit_code == 2
    assert "task.idle" in wrong.stderr


def test_the_make_up_of_a_date_is_the_citys(run: Run) -> None:
    """A date alone is its first instant in the city's zone."""
    told = json.loads(run("escalate", "--at", "2026-03-17").output)
    assert told["at"] == local(2026, 3, 17, 0).isoformat()
