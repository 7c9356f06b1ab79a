"""A plan of several years is imported whole or not at all, and again without doubling (issue 6, no. 11)."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.core.errors import InvalidError
from app.edge.fund.planning import SHIPPED
from app.ledger.plan import Plan, read_plan, read_plan_bytes
from app.ledger.plan_mapping import load_plan_mapping, parse_plan_mapping
from app.models.fund import FundPosting
from app.models.plan import FundPlanLine, FundPlanRow
from app.services.fund.plan.importing import PlanReport, import_plan
from tests.city import City
from tests.money import Treasury

NYC = "nyc_capital_project_detail_fy2021"
#: The plan's unit in fen.
THOUSAND = 100_000
SMALL = parse_plan_mapping("""
key = ["编号"]
[source]
name = "两年计划"
currency = "CNY"
amount_unit = 10000
[columns]
title = "项目"
department = "单位"
original = "原预算"
[amounts.city]
2026 = "市2026"
2027 = "市2027"
total = "市合计"
""")
HEAD = "编号,项目,单位,原预算,市2026,市2027,市合计\n"
PLAN = HEAD + "P1,路口改造,交通局,12.5,10,2.5,12.5\nP2,充电桩,能源局,0,8,-1.5,6.5\n"


def small(text: str = PLAN) -> Plan:
    """Read a small plan, amounts in 万元."""
    return read_plan_bytes(text.encode(), SMALL)


def keep(money: Treasury, plan: Plan, *, dry_run: bool = False) -> PlanReport:
    """Import a plan."""
    return money.by("fin1", lambda act, _: import_plan(act, money.fund_id, plan, file_name="计划.csv", dry_run=dry_run))


def stored(city: City) -> dict[tuple[str, str, str], int]:
    """Return what is kept, by (key, period, who pays)."""
    with city.database.reading() as session:
        rows = session.execute(
            select(FundPlanRow.row_key, FundPlanLine.period, FundPlanLine.source, FundPlanLine.amount_fen).join(
                FundPlanLine, FundPlanLine.row_id == FundPlanRow.id
            )
        )
        return {(row.row_key, row.period, row.source): row.amount_fen for row in rows}


def test_a_plan_is_kept_by_year_in_fen_and_twice_is_once(city: City) -> None:
    """12.5 万元 are 125,000.00; the same file again changes nothing, a newer one what it changes; no money moves."""
    money = Treasury.found(city)
    assert keep(money, small(), dry_run=True).created == 2
    assert stored(city) == {}
    first = keep(money, small())
    assert (first.created, first.updated, first.total_fen) == (2, 0, 19_000_000)
    held = stored(city)
    assert held == {
        ("P1", "2026", "city"): 10_000_000, ("P1", "2027", "city"): 2_500_000,
        ("P2", "2026", "city"): 8_000_000, ("P2", "2027", "city"): -1_500_000,
    }  # fmt: skip
    again = keep(money, small())
    assert (again.created, again.updated, again.unchanged, again.absent) == (0, 0, 2, 0)
    assert stored(city) == held
    newer = keep(money, small(HEAD + "P2,充电桩,能源局,0,8,0,8\n"))
    assert (newer.created, newer.updated, newer.absent) == (0, 1, 1)
    kept = {key: fen for key, fen in held.items() if key[0] == "P1"}
    assert stored(city) == kept | {("P2", "2026", "city"): 8_000_000}
    assert money.totals() == {"source": -100_000_000, "uncommitted": 100_000_000}


def test_what_is_odd_is_flagged(city: City) -> None:
    """A reduction and a budget of nothing are told and kept with their row."""
    plan = small()
    assert plan.findings.codes == {"zero_budget": 1, "negative_year": 1}
    keep(Treasury.found(city), plan)
    with city.database.reading() as session:
        flags = session.execute(select(FundPlanRow.row_key, FundPlanRow.flags)).all()
    assert {row.row_key: row.flags for row in flags} == {"P1": [], "P2": ["zero_budget", "negative_year"]}


@pytest.mark.parametrize(
    ("row", "code", "said"),
    [
        ("P1,甲,交通局,1,10,2.5,12.6", "does_not_add_up", "“126,000.00”：各项之和为125,000.00，相差1,000.00"),
        ("P1,甲,交通局,1,10,2.5,12.499999", "does_not_add_up", "相差-0.01"),
        ("P1,甲,交通局,1,1e3,0,1000", "bad_amount", "1e3"),
        ("P1,甲,交通局,1,,0,0", "bad_amount", "金额"),
        ("P1,甲,交通局,-1,1,0,1", "negative_amount", "不能为负"),
        ("P1,甲,交通局,1,1,-2,-1", "negative_amount", "不能为负"),
        ("P1,甲,交通局,1,0.0000001,0,0", "too_many_decimals", "两位小数"),
        ("P1,,交通局,1,1,0,1", "bad_title", "必填"),
        (",甲,交通局,1,1,0,1", "bad_key", "必填"),
    ],
)
def test_what_does_not_add_up_refuses_the_file(city: City, row: str, code: str, said: str) -> None:
    """No tolerance: a total that differs from its years names row and difference, and nothing is imported."""
    plan = small(f"{HEAD}P2,乙,能源局,1,1,0,1\n{row}\n")
    told = [line for line in plan.findings.lines("zh") if f"[{code}]" in line]
    assert told
    assert "第 3 行" in told[0]
    assert said in told[0]
    assert keep(Treasury.found(city), plan).refused
    assert stored(city) == {}


def test_a_key_that_stands_twice_and_columns_that_are_not_there() -> None:
    """A whole key twice is a fault; a file without the columns is refused with their names."""
    twice = small(HEAD + "P1,甲,交通局,1,1,0,1\nP1,乙,交通局,1,1,0,1\n")
    assert twice.findings.codes["duplicate_key"] == 1
    assert "第 2 行" in twice.findings.lines("zh")[0]
    missing = small("编号,项目\nP1,甲\n")
    assert "市合计" in missing.findings.lines("zh")[0]
    assert small(HEAD).findings.codes == {"no_rows": 1}


def test_a_plan_in_another_currency_is_refused(city: City) -> None:
    """Yuan are not kept in a fund of dollars."""
    with pytest.raises(InvalidError):
        keep(Treasury.found(city, currency="USD"), small())


@pytest.mark.realdata
def test_the_real_plan_is_what_its_publisher_says(city: City, real_data: Path) -> None:
    """2,010 projects, 29,495,063 thousand, 21,107,583 thousand at first: counted here by csv and Decimal alone."""
    path = real_data / f"{NYC}.csv"
    plan = read_plan(path, load_plan_mapping(SHIPPED / f"{NYC}.toml"))
    # One project's cell is below zero in the city's money, another's in the other; either shows in the combined too.
    assert plan.findings.codes == {"negative_year": 4, "zero_budget": 70, "duplicate_first_key": 4}
    assert not plan.findings.refused
    flags = Counter(flag for row in plan.rows for flag in row.flags)
    assert flags == {"negative_year": 2, "zero_budget": 70, "duplicate_first_key": 4}
    assert len({row.key.split("|")[0] for row in plan.rows if "duplicate_first_key" in row.flags}) == 2
    assert len(plan.rows) == 2010
    assert plan.total_fen == 29_495_063 * THOUSAND
    assert sum(row.original_fen for row in plan.rows) == 21_107_583 * THOUSAND

    money = Treasury.found(city, 0, currency="USD")
    assert keep(money, plan).created == 2010
    assert keep(money, plan).unchanged == 2010
    held = stored(city)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    periods = {"prior": "_prior_actuals", **{str(year): str(year) for year in range(2021, 2026)}, "rest": "_r_t_c"}
    for period, ending in periods.items():
        for source in ("city", "non_city"):
            counted = sum(Decimal(row[f"{source}{ending}"]) for row in rows)
            assert sum(fen for key, fen in held.items() if key[1:] == (period, source)) == counted * THOUSAND
    for row in rows:
        years = sum(Decimal(row[f"combined{ending}"]) for ending in periods.values())
        assert years == Decimal(row["combined_total"])
    assert sum(Decimal(row["combined_total"]) for row in rows) * THOUSAND == sum(held.values())
    with city.database.reading() as session:
        assert session.execute(select(func.count()).select_from(FundPosting)).scalar_one() == 0
