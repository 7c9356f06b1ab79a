"""The real ledgers, imported: every figure from the database; imported again: nothing is written."""

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.core.money import format_amount
from app.models.escalation import Escalation
from app.models.item import Item, Project
from app.models.ledger import ProgressSnapshot
from app.services.upgrade import add_rule_set
from tests.app.services.ledger.ledgers import bring_back, bring_in_file, check_access, count, count_imports
from tests.city import NOW, City
from tests.sweeping import local, sweep

pytestmark = pytest.mark.realdata
LAST = date(2019, 9, 1)
LEDGERS = {
    "nyc_capital_projects_history": (378, 2259),
    "nyc_capital_project_detail_fy2021": (2010, 0),
    "openwis_actions_snapshots": (110, 285),
    "uk_gmpp_2023": (244, 244),
}


@pytest.mark.parametrize("name", sorted(LEDGERS))
def test_first_second_and_exported(city: City, real_data: Path, name: str) -> None:
    """All items enter; the same file again and our own export again write nothing at all, and nobody is told."""
    items, snapshots = LEDGERS[name]
    first = bring_in_file(city, real_data, name)
    assert not first.refused
    assert (first.created, first.updated, first.unchanged, first.snapshots) == (items, 0, 0, snapshots)
    after = count(city)
    assert (after["items"], after["history"], after["progress_snapshot"]) == (items, items, snapshots)
    assert after["outbox"] == 0
    check_access(city)
    second = bring_in_file(city, real_data, name)
    assert (second.created, second.updated, second.unchanged, second.snapshots) == (0, 0, items, 0)
    assert second.departments_created == ()
    assert count(city) == after
    assert count_imports(city) == 2
    assert [notice.en for notice in second.notices] == ["The same file was imported before, on 2026-03-02."]
    again = bring_back(city)
    assert not again.refused
    assert (again.created, again.updated, again.unchanged, again.snapshots) == (0, 0, items, 0)


def test_history_of_capital_projects(city: City, real_data: Path) -> None:
    """Budgets, reported slips and lateness at the last reporting date, from the stored snapshots."""
    bring_in_file(city, real_data, "nyc_capital_projects_history")
    table = ProgressSnapshot.__table__
    with city.database.reading() as session:
        at_last = session.execute(select(table).where(table.c.as_of_on == LAST)).all()
        firsts = (
            select(table.c.item_id, func.min(table.c.as_of_on).label("on"))
            .where(table.c.forecast_on.is_not(None))
            .group_by(table.c.item_id)
            .subquery()
        )
        pairs = session.execute(
            select(table.c.item_id, table.c.forecast_on).join(
                firsts, (firsts.c.item_id == table.c.item_id) & (firsts.c.on == table.c.as_of_on)
            )
        ).all()
        baselines = {row[0]: row[1] for row in pairs}
        due = {row[0]: row[1] for row in session.execute(select(Item.id, Item.due_on))}
        budgets_of_items = session.execute(select(func.sum(Project.budget_fen))).scalar_one()
    assert len(at_last) == 378
    budgets = [row.budget_fen for row in at_last if row.budget_fen is not None]
    assert (len(budgets), format_amount(sum(budgets))) == (284, "31,974,750,591.36")
    assert int(budgets_of_items or 0) == sum(budgets)
    slips = [row.reported_slip_days for row in at_last if row.reported_slip_days is not None]
    late = [slip for slip in slips if slip > 0]
    assert (len(late), len(slips), round(sum(late) / len(late), 1)) == (211, 309, 716.2)
    forecasts = {row.item_id: row.forecast_on for row in at_last if row.forecast_on}
    assert (sum(day > baselines[item] for item, day in forecasts.items()), len(forecasts)) == (149, 278)
    assert {item: due[item] for item in baselines} == baselines


def test_the_dirty_twin_updates_only_what_differs(city: City, real_data: Path) -> None:
    """The same publication through Excel changes amounts whose digits Excel cut, and nothing else."""
    bring_in_file(city, real_data, "nyc_capital_projects_history")
    before = count(city)
    twin = bring_in_file(city, real_data, "nyc_capital_projects_history_dirty_latin1")
    assert not twin.refused
    assert twin.created == 0
    assert 0 < twin.updated < 20
    assert twin.updated + twin.unchanged == 378
    after = count(city)
    assert after["history"] - before["history"] == twin.updated
    assert (after["items"], after["progress_snapshot"]) == (before["items"], before["progress_snapshot"])
    with city.database.reading() as session:
        total = session.execute(select(func.sum(Project.budget_fen))).scalar_one()
    assert int(total or 0) - 3_197_475_059_136 == 39


def test_project_detail_of_one_year(city: City, real_data: Path) -> None:
    """2,010 projects; 29,495,063 thousand dollars in all."""
    bring_in_file(city, real_data, "nyc_capital_project_detail_fy2021")
    with city.database.reading() as session:
        total = session.execute(select(func.sum(Project.budget_fen))).scalar_one()
    assert int(total or 0) == 29_495_063_000 * 100


def test_open_actions(city: City, real_data: Path) -> None:
    """110 actions, 41 of them open at the last date."""
    bring_in_file(city, real_data, "openwis_actions_snapshots")
    with city.database.reading() as session:
        states = select(Item.state, func.count()).group_by(Item.state)
        assert {row[0]: row[1] for row in session.execute(states)} == {"in_progress": 41, "done": 69}


@pytest.mark.parametrize(("limit", "stalled"), [(110, 34), (20, 41)])
def test_what_stalled_is_raised(city: City, real_data: Path, limit: int, stalled: int) -> None:
    """The idle clock counts from the last reporting date on which a row changed: 34 stand still in all four."""
    rules = {"limits": {"task.idle": f"workdays({limit})"}}
    with city.database.writing() as session:
        add_rule_set(session.connection(), NOW, date(2000, 1, 1), rules, note="test")
    bring_in_file(city, real_data, "openwis_actions_snapshots", escalate_from="source")
    at: datetime = local(2017, 3, 15, 10)
    sweep(city, at)
    with city.database.reading() as session:
        statement = select(Escalation.cause, func.count()).where(Escalation.level == 1).group_by(Escalation.cause)
        assert [tuple(row) for row in session.execute(statement)] == [("idle", stalled)]
    assert sweep(city, at).raised == 0
