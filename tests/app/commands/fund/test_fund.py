"""flask fund: what it says, how it ends, that a year is closed once."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from app.core.clock import FixedClock
from app.edge.context import current_context
from app.factory import create_app
from app.models.fund import FundAccount
from config import read_settings
from tests.city import NOW, City
from tests.money import WAN, Treasury

Run = Callable[..., Result]


@pytest.fixture
def clock() -> FixedClock:
    """Give the clock of the commands."""
    return FixedClock(NOW)


@pytest.fixture
def run(city: City, database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Run]:  # noqa: ARG001  # fills the database
    """Give a runner of commands on the city's database."""
    settings = read_settings({"LIANBAN_VAR": str(tmp_path), "LIANBAN_LOCALE": "en", "LIANBAN_SECRET_KEY": "k" * 40})
    app: Flask = create_app(replace(settings, database_url=database_url), clock)
    with app.app_context():
        engine = current_context().database.engine
    yield lambda *args: app.test_cli_runner().invoke(args=["fund", *(str(arg) for arg in args)])
    engine.dispose()


def test_check_says_in_one_line_what_it_looked_at(run: Run, city: City) -> None:
    """One JSON object, nothing else; a fault is a line on stderr and ends with 1."""
    empty = run("check")
    assert (empty.exit_code, empty.stderr) == (0, "")
    assert empty.stdout == '{"funds": 0, "fiscal_years": [], "entries": 0, "faults": 0}\n'
    money = Treasury.found(city)
    money.allocated(10 * WAN)
    assert run("check").stdout == '{"funds": 1, "fiscal_years": [2026], "entries": 3, "faults": 0}\n'
    with city.database.writing() as session:
        session.execute(update(FundAccount).where(FundAccount.kind == "committed").values(balance_fen=1))
    broken = run("check")
    assert broken.exit_code == 1
    told = json.loads(broken.stdout)
    assert told["faults"] == len(broken.stderr.splitlines()) > 0
    assert "kept 1, follows 10000000" in broken.stderr


def test_year_end_previews_closes_and_repeats_without_doubling(run: Run, city: City, clock: FixedClock) -> None:
    """Too early: nothing; a preview writes nothing; closed; again: closed before, the ledger is the same."""
    money = Treasury.found(city)
    money.allocated(10 * WAN)
    early = run("year-end", "--year", 2026)
    assert early.exit_code != 0
    assert "not over" in early.stderr
    clock.set(money.at(2027, 1, 4).now)
    preview = run("year-end", "--year", 2026, "--dry-run")
    assert preview.exit_code == 0
    told = json.loads(preview.stdout)
    assert (told["fund"], told["outcome"], told["carried"]["uncommitted"]) == ("F1", "ready", "900000.00")
    assert run("check").stdout.startswith('{"funds": 1, "fiscal_years": [2026],')
    done = run("year-end", "--year", 2026)
    assert (done.exit_code, json.loads(done.stdout)["outcome"]) == (0, "closed")
    after = run("check").stdout
    again = run("year-end", "--year", 2026)
    assert (again.exit_code, json.loads(again.stdout)["outcome"]) == (0, "closed_before")
    assert run("check").stdout == after
    assert run("year-end", "--year", 2020).exit_code == 0


def test_a_blocked_fund_stops_no_other_and_ends_with_one(run: Run, city: City, clock: FixedClock) -> None:
    """A fund in its last year with open commitments is blocked with its reason; the other one is closed."""
    blocked = Treasury.found(city, last_year=2026)
    blocked.allocated(10 * WAN)
    other = Treasury.found(city, code="F2")
    clock.set(other.at(2027, 1, 4).now)
    result = run("year-end", "--year", 2026)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["fund"], line["outcome"]) for line in lines] == [("F1", "blocked"), ("F2", "closed")]
    assert "extend it" in lines[0]["reason"]
    assert result.exit_code == 1


def test_a_person_closes_only_funds_that_they_keep(run: Run, city: City, clock: FixedClock) -> None:
    """--as: the keeper's post is on record; nobody else may, and an unknown log-in is told."""
    money = Treasury.found(city)
    clock.set(money.at(2027, 1, 4).now)
    assert run("year-end", "--year", 2026, "--as", "nobody").exit_code != 0
    refused = run("year-end", "--year", 2026, "--as", "tra_head")
    assert refused.exit_code != 0
    assert "manages the fund" in refused.stderr
    assert run("year-end", "--year", 2026, "--as", "fin1").exit_code == 0
