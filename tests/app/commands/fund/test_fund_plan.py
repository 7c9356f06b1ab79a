"""flask fund plan: what it says, how it ends, that a second time changes nothing."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.core.clock import FixedClock
from app.edge.context import current_context
from app.factory import create_app
from config import read_settings
from tests.city import NOW, City
from tests.money import Treasury

Run = Callable[..., Result]
MAPPING = """
key = ["id"]
[source]
name = "plan"
currency = "CNY"
amount_unit = 10000
[columns]
title = "title"
department = "department"
original = "original"
[amounts.city]
2026 = "2026"
2027 = "2027"
total = "total"
"""
HEAD = "id,title,department,original,2026,2027,total\n"


@pytest.fixture
def run(city: City, database_url: str, tmp_path: Path) -> Iterator[Run]:
    """Give a runner of the command on a city with a fund."""
    Treasury.found(city)
    settings = read_settings({"LIANBAN_VAR": str(tmp_path), "LIANBAN_LOCALE": "en", "LIANBAN_SECRET_KEY": "k" * 40})
    app: Flask = create_app(replace(settings, database_url=database_url), FixedClock(NOW))
    with app.app_context():
        engine = current_context().database.engine
    yield lambda *args: app.test_cli_runner().invoke(args=["fund", "plan", *(str(arg) for arg in args)])
    engine.dispose()


def test_a_plan_is_imported_and_told(run: Run, tmp_path: Path) -> None:
    """A dry run writes nothing; then two rows; again: two unchanged. One JSON object each, flags on stderr."""
    mapping, file = tmp_path / "plan.toml", tmp_path / "plan.csv"
    mapping.write_text(MAPPING)
    file.write_text(f"{HEAD}P1,Crossings,TRA,12.5,10,2.5,12.5\nP2,Chargers,ENE,0,8,-1.5,6.5\n")
    told = []
    for more in (("--dry-run",), (), ("--as", "fin1")):
        result = run(file, "--fund", "F1", "--mapping", mapping, *more)
        assert result.exit_code == 0, result.output
        assert "negative_year" in result.stderr
        told.append(json.loads(result.stdout))
    assert [(one["created"], one["unchanged"], one["dry_run"]) for one in told] == [
        (2, 0, True), (2, 0, False), (0, 2, False),
    ]  # fmt: skip
    assert told[0] | {"dry_run": False} == told[1]
    assert (told[2]["total"], told[2]["flags"], told[2]["faults"]) == ("190000.00", 2, 0)


def test_what_does_not_add_up_ends_with_one(run: Run, tmp_path: Path) -> None:
    """The row and the difference are named, nothing is imported."""
    mapping, file = tmp_path / "plan.toml", tmp_path / "plan.csv"
    mapping.write_text(MAPPING)
    file.write_text(f"{HEAD}P1,Crossings,TRA,12.5,10,2.5,12.6\n")
    result = run(file, "--fund", "F1", "--mapping", mapping)
    assert result.exit_code == 1
    assert "row 2" in result.stderr
    assert "1,000.00" in result.stderr
    assert json.loads(result.stdout)["created"] == 0


def test_who_and_what_is_not_there(run: Run, tmp_path: Path) -> None:
    """An unknown fund, mapping or person, and somebody who keeps no fund: told, nothing written."""
    mapping, file = tmp_path / "plan.toml", tmp_path / "plan.csv"
    mapping.write_text(MAPPING)
    file.write_text(f"{HEAD}P1,Crossings,TRA,12.5,10,2.5,12.5\n")
    assert run(file, "--fund", "F9", "--mapping", mapping).exit_code != 0
    assert "nyc_capital_project_detail_fy2021" in run(file, "--fund", "F1").stderr
    assert run(file, "--fund", "F1", "--mapping", mapping, "--as", "nobody").exit_code != 0
    assert "finance staff" in run(file, "--fund", "F1", "--mapping", mapping, "--as", "tra_staff").stderr
    mapping.write_text(MAPPING.replace('currency = "CNY"', ""))
    assert "source" in run(file, "--fund", "F1", "--mapping", mapping).stderr
