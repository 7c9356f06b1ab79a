"""The five real ledgers under the mappings of the handbook: every figure that is known beforehand."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.core.money import format_amount
from app.ledger.mapping_file import load_mapping
from app.ledger.own import own_mapping
from app.ledger.read import read_ledger, read_ledger_bytes
from app.ledger.rows import Ledger, find_changes
from app.ledger.writer import write_csv

pytestmark = pytest.mark.realdata
FOLDER = Path(__file__).resolve().parents[3] / "docs" / "mappings"
Load = Callable[[str], Ledger]


@pytest.fixture
def load(real_data: Path) -> Load:
    """Give a function that reads a ledger by its name under its mapping."""

    def read(name: str) -> Ledger:
        return read_ledger(real_data / f"{name}.csv", load_mapping(FOLDER / f"{name}.toml"))

    return read


def test_capital_projects_history(load: Load) -> None:
    """378 projects at 15 dates; budgets, reported slips and the slips that the stored forecasts tell."""
    ledger = load("nyc_capital_projects_history")
    assert not ledger.refused
    assert (len(ledger.rows), len(ledger.snapshots), ledger.last_as_of) == (2259, 378, date(2019, 9, 1))
    latest = ledger.latest
    assert {row.as_of for row in latest} == {date(2019, 9, 1)}
    budgets = [row.budget_fen for row in latest if row.budget_fen is not None]
    assert (len(budgets), format_amount(sum(budgets))) == (284, "31,974,750,591.36")
    slips = [row.reported_slip_days for row in latest if row.reported_slip_days is not None]
    late = [slip for slip in slips if slip > 0]
    assert (len(slips), len(late), round(sum(late) / len(late), 1)) == (309, 211, 716.2)
    assert sum(slip >= 180 for slip in slips) == 176
    assert ledger.findings.codes == {
        "forecast_before_report": 6,
        "negative_amount": 1,
        "date_too_late": 1,
        "replacement_character": 4,
        "phase_regression": 9,
    }


def test_lateness_by_the_stored_forecasts(load: Load) -> None:
    """149 of 278: the last report's forecast lies after the item's first stored one, where the last has one."""
    known = late = 0
    for rows in load("nyc_capital_projects_history").snapshots.values():
        forecasts = [row.forecast_on for row in rows if row.forecast_on]
        if rows[-1].forecast_on:
            known += 1
            late += rows[-1].forecast_on > forecasts[0]
    assert (late, known) == (149, 278)


def test_several_clients_and_renamed_agencies(load: Load) -> None:
    """Several departments in one cell are several supporters; NA is none; a renamed agency is one."""
    ledger = load("nyc_capital_projects_history")
    assert ("DEP", "DOT") in {row.supports for row in ledger.rows if row.lead == "EDC"} | {
        row.supports for row in ledger.rows if row.lead == "DDC"
    }
    assert not [row for row in ledger.rows if row.lead in row.supports]
    assert "NA" not in ledger.departments
    assert "HHC" not in ledger.departments
    assert "Manhatten" not in {row.place for row in ledger.rows}
    assert {row.place for row in ledger.rows if row.place and "、" in row.place} >= {"Bronx、Manhattan"}


def test_the_dirty_twin_gives_the_same(load: Load) -> None:
    """The file that went through Excel: the same rows but for 0.39 that Excel's shown digits have cost."""
    clean, dirty = load("nyc_capital_projects_history"), load("nyc_capital_projects_history_dirty_latin1")
    assert not dirty.refused
    assert dirty.findings.codes - clean.findings.codes == Counter({"mixed_encoding": 1})
    assert [(row.key, row.as_of) for row in dirty.rows] == [(row.key, row.as_of) for row in clean.rows]
    sums = [sum(row.budget_fen or 0 for row in ledger.latest) for ledger in (clean, dirty)]
    assert sums[1] - sums[0] == 39
    changed = Counter(name for pair in zip(clean.rows, dirty.rows, strict=True) for name in find_changes(*pair))
    assert set(changed) <= {"budget_fen", "reported_budget_change_fen", "external_source", "raw"}


def test_project_detail_of_one_year(load: Load) -> None:
    """2,010 rows kept, two project ids twice and flagged, money in thousands."""
    ledger = load("nyc_capital_project_detail_fy2021")
    assert not ledger.refused
    assert (len(ledger.rows), len(ledger.snapshots)) == (2010, 2010)
    assert ledger.findings.codes == {"duplicate_first_key": 2, "control_characters": 3}
    assert sum(row.budget_fen or 0 for row in ledger.rows) == 29_495_063_000 * 100
    assert sum(row.original_budget_fen or 0 for row in ledger.rows) == 21_107_583_000 * 100
    assert sum(row.reason is None for row in ledger.rows) == 700


def test_action_tracker_at_four_dates(load: Load) -> None:
    """285 rows of 110 actions; 34 open and unchanged in all four; nothing has a due date."""
    ledger = load("openwis_actions_snapshots")
    assert not ledger.refused
    assert (len(ledger.rows), len(ledger.snapshots)) == (285, 110)
    assert ledger.mapping.escalate_from == "source"
    assert {row.due_on for row in ledger.rows} == {None}
    open_counts = Counter(row.as_of for row in ledger.rows if row.state == "in_progress")
    assert [open_counts[day] for day in sorted(open_counts, key=str)] == [56, 66, 53, 41]
    stalled = [
        rows
        for rows in ledger.snapshots.values()
        if len(rows) == 4 and not any(find_changes(rows[0], row) for row in rows) and rows[0].state == "in_progress"
    ]
    assert len(stalled) == 34
    assert {"?", "ALL", "TC", "CONTRACTOR"}.isdisjoint(ledger.departments)


def test_major_projects_of_a_government(load: Load) -> None:
    """244 rows; prose where dates and money should stand is kept as raw text and shown."""
    ledger = load("uk_gmpp_2023")
    assert not ledger.refused
    assert len(ledger.rows) == len(ledger.snapshots) == 244
    assert ledger.findings.codes == {
        "bad_amount": 49,
        "bad_date": 37,
        "unknown_light_reported": 12,
        "dates_reversed": 1,
    }
    exempt = [row for row in ledger.rows if "budget_fen" in row.raw]
    assert len(exempt) == 49
    assert all(row.budget_fen is None for row in exempt)
    assert sum(row.raw["budget_fen"].startswith("Exempt under Section 43") for row in exempt) == 36
    assert sum(row.budget_fen or 0 for row in ledger.rows) == 471_818_000_000 * 100
    assert Counter(row.light_reported for row in ledger.rows) == {"yellow": 183, "green": 26, "red": 23, None: 12}


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_real_ledgers_survive_our_own_format(name: str, load: Load) -> None:
    """What was imported, exported and read again proposes no change."""
    ledger = load(name)
    again = read_ledger_bytes(write_csv(ledger.rows), own_mapping(ledger.mapping.kind))
    assert not again.refused, again.findings.lines("en")[:5]
    assert again.rows == ledger.rows


def test_every_file_can_be_read_without_naming_its_encoding(real_data: Path) -> None:
    """The detection finds each encoding; the broken one is refused, not guessed."""
    for name, encoding in {
        "uk_gmpp_2023": {"latin-1", "cp1252"},
        "nyc_capital_projects_history": {"utf-8"},
        "nyc_capital_projects_history_dirty_latin1": {""},
    }.items():
        assert read_ledger(real_data / f"{name}.csv", own_mapping()).encoding in encoding | {""}
