"""A fund's figures come from the ledger's kept totals, year by year, whoever asks (issue 6 no. 1, 2, 8)."""

from datetime import date

import pytest

from app.core.errors import NotFoundError
from app.queries.fund.department import list_open_payments, list_own_parts
from app.queries.fund.overview import (
    find_fund,
    list_departments_of,
    list_earmarks,
    list_funds,
    list_rules,
    list_years,
    pick_rule,
)
from app.queries.fund.project import list_projects_of
from tests.app.queries.fund.reading import count_statements, readers_of
from tests.city import City
from tests.money import WAN, YEAR, Treasury


def test_figures_are_the_totals_of_the_year(city: City) -> None:
    """What is free, reserved, committed, paid and spent; the budget is what came in less what was cut."""
    money = Treasury.found(city)
    money.budget("supplement", 20 * WAN)
    money.budget("cut", 10 * WAN)
    paid = money.paid(money.allocated(30 * WAN, parts=(10 * WAN, 20 * WAN)))
    money.spent(paid, 4 * WAN)
    money.submit(money.draft(money.project("另一项目"), 5 * WAN))
    with city.database.reading() as unit:
        row = find_fund(unit.connection(), money.fund_id, YEAR)
        listed = list_funds(unit.connection(), YEAR)
        assert list_years(unit.connection(), money.fund_id) == (YEAR,)
    own = row.figures
    assert own.budget_fen == 110 * WAN
    assert own.net_paid_fen == 10 * WAN
    assert {kind: fen // WAN for kind, fen in own.amounts.items() if fen} == {
        "source": -110, "uncommitted": 75, "reserved": 5, "committed": 20, "paid": 6, "spent": 4,
    }  # fmt: skip
    assert [one.id for one in listed] == [money.fund_id]
    assert own.judge(date(YEAR, 3, 2)).rate_pct == 9.1


def test_a_year_that_follows_does_not_count_earlier_payments(city: City) -> None:
    """Money that came in already paid is neither paid this year nor part of this year's budget."""
    money = Treasury.found(city)
    allocation_id = money.allocated(30 * WAN, parts=(10 * WAN, 20 * WAN))
    first = money.paid(allocation_id)
    money.at(YEAR + 1, 1, 5).close(YEAR)
    money.budget("appropriate", 50 * WAN)
    money.do("office1", allocation_id, "meet_milestone", instalment="2", evidence="验收单")
    money.paid(allocation_id, 2)
    money.spent(first, 10 * WAN)
    with city.database.reading() as unit:
        before = find_fund(unit.connection(), money.fund_id, YEAR).figures
        now = find_fund(unit.connection(), money.fund_id, YEAR + 1).figures
    assert (before.is_open, before.net_paid_fen, before.budget_fen) == (False, 10 * WAN, 100 * WAN)
    assert before.amounts["committed"] == 20 * WAN, "as it stood when it was closed"
    assert (now.carried_in_fen, now.paid_before_fen) == (100 * WAN, 10 * WAN)
    assert (now.budget_fen, now.net_paid_fen) == (140 * WAN, 20 * WAN)


def test_a_fund_without_that_year_has_nothing_and_no_rate(city: City) -> None:
    """A year never opened shows nothing anywhere and no rate; an unknown fund is missing."""
    money = Treasury.found(city, total_fen=0)
    with city.database.reading() as unit:
        figures = find_fund(unit.connection(), money.fund_id, YEAR).figures
        with pytest.raises(NotFoundError):
            find_fund(unit.connection(), money.fund_id + 1, YEAR)
    assert not figures.is_known
    assert figures.judge(date(YEAR, 6, 1)).rate_pct is None


def test_parts_by_department_project_and_earmark(city: City) -> None:
    """Each department's part, each project's, what is kept for a purpose; restricted when asked to be."""
    money = Treasury.found(city)
    money.budget("earmark", 15 * WAN, earmark="应急", department_id=city.departments["ENE"])
    project_id = money.project()
    paid = money.paid(money.allocated(8 * WAN, project_id=project_id))
    with city.database.reading() as unit:
        connection = unit.connection()
        parts = list_departments_of(connection, money.fund_id, YEAR)
        nobody = list_departments_of(connection, money.fund_id, YEAR, [city.departments["ENE"]])
        (mark,) = list_earmarks(connection, money.fund_id, YEAR)
        projects = list_projects_of(connection, readers_of(city, "auditor"), money.fund_id, YEAR)
        hidden = list_projects_of(connection, readers_of(city, "wea_staff"), money.fund_id, YEAR)
        own = list_own_parts(connection, [city.departments["TRA"]], YEAR)
        waiting = list_open_payments(connection, readers_of(city, "tra_staff"), [city.departments["TRA"]])
    assert [(one.department_id, one.amounts["paid"]) for one in parts] == [(city.departments["TRA"], 8 * WAN)]
    assert nobody == ()
    assert (mark.name, mark.department_id, mark.balance_fen) == ("应急", city.departments["ENE"], 15 * WAN)
    assert [(one.project_id, one.amounts["paid"]) for one in projects] == [(project_id, 8 * WAN)]
    assert hidden == (), "what may not be read is not there"
    assert [(one.fund_id, one.amounts["paid"]) for one in own] == [(money.fund_id, 8 * WAN)]
    assert [(one.item_id, one.held_fen) for one in waiting] == [(paid, 8 * WAN)]


def test_all_versions_of_the_rules_are_there(city: City) -> None:
    """The newest first; the one in force is the newest whose day has come."""
    money = Treasury.found(city)
    money.rule(1, control="free", reason="试行")
    with city.database.reading() as unit:
        rules = list_rules(unit.connection(), money.fund_id)
    assert [one.control for one in rules] == ["free", "stop"]
    now = pick_rule(rules, money.today)
    assert now is not None
    assert (now.control, now.reason, now.made_by_name) == ("free", "试行", "测试fin1")
    assert pick_rule(rules, date(YEAR - 1, 1, 1)) is None


def test_a_fund_with_more_entries_takes_no_more_statements(city: City) -> None:
    """Kept totals: as many statements with thirty postings as with one."""
    money = Treasury.found(city)
    with city.database.reading() as unit, count_statements(unit) as few:
        find_fund(unit.connection(), money.fund_id, YEAR)
        list_departments_of(unit.connection(), money.fund_id, YEAR)
    for _ in range(30):
        money.budget("supplement", WAN)
    with city.database.reading() as unit, count_statements(unit) as many:
        find_fund(unit.connection(), money.fund_id, YEAR)
        list_departments_of(unit.connection(), money.fund_id, YEAR)
    assert few == many == [2]
