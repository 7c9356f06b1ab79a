"""The whole real plan, 29,495,063 thousand, is reserved, allocated and drawn in one run of the services.

In the suite one allocation stands for each managing agency, with an instalment a period; LIANBAN_LONG=1 plays all 2,010
projects one by one instead (some minutes on each database). Either way every step is the services' own.
"""

import csv
import os
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert

from app.edge.fund.planning import SHIPPED
from app.ledger.plan import PlanRow, read_plan
from app.ledger.plan_mapping import load_plan_mapping
from app.models.allocation import AllocationGoal, AllocationTranche
from app.services.entering import NewItem, enter_items
from app.services.recording import Acting
from tests.app.services.fund.test_plan import NYC, THOUSAND
from tests.city import City
from tests.money import Treasury

pytestmark = pytest.mark.realdata
Parts = list[int]


def count_independently(path: Path) -> int:
    """Return the plan's total in fen, by csv and Decimal alone."""
    with path.open(encoding="utf-8", newline="") as file:
        return int(sum(Decimal(row["combined_total"]) for row in csv.DictReader(file)) * THOUSAND)


def by_agency(rows: Iterable[PlanRow]) -> dict[str, Parts]:
    """Return what each agency gets, an instalment a period: a reduction in one project lowers its agency's period."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        for (period, _), fen in row.lines.items():
            sums[row.key.split("|")[1]][period] += fen
    return {agency: [fen for fen in periods.values() if fen] for agency, periods in sums.items()}


def by_project(rows: Iterable[PlanRow]) -> dict[str, Parts]:
    """Return what each project gets, in one instalment: a reduction in a year is a part of its total."""
    return {row.key: [row.total_fen] for row in rows if row.total_fen}


def enter(money: Treasury, wanted: dict[str, Parts]) -> list[tuple[int, int]]:
    """Enter projects and requests in two batches; return (request, number of instalments)."""
    city = money.city
    projects = [NewItem("project", f"项目{key}", city.departments["TRA"]) for key in wanted]
    project_ids = [one for start in range(0, len(projects), 500) for one in city.enter(*projects[start : start + 500])]
    with city.database.writing() as session:
        connection = session.connection()
        acting = Acting(city.people["tra_staff"], "lead_staff")
        made = []
        for (key, parts), project_id in zip(wanted.items(), project_ids, strict=True):
            details = {
                "fund_id": money.fund_id, "first_year": money.today.year, "year": money.today.year, "purpose": "计划内",
                "need": "计划内", "requested_fen": sum(parts),
            }  # fmt: skip
            made.append(
                NewItem("allocation", f"申请{key}", city.departments["TRA"], parent_id=project_id,
                        supports=[(city.departments["FIN"], None, None)], details=details)
            )  # fmt: skip
        ids = [
            one
            for start in range(0, len(made), 500)
            for one in enter_items(connection, city.book, acting, money.now, made[start : start + 500], source="test")
        ]
        goals = [{"item_id": one, "seq": 1, "kind": "quantity", "indicator": "完工", "target": "1"} for one in ids]
        connection.execute(insert(AllocationGoal), goals)
        tranches = [
            {"item_id": one, "seq": seq, "amount_fen": fen}
            for one, parts in zip(ids, wanted.values(), strict=True)
            for seq, fen in enumerate(parts, 1)
        ]
        connection.execute(insert(AllocationTranche), tranches)
    return [(one, len(parts)) for one, parts in zip(ids, wanted.values(), strict=True)]


def test_the_whole_plan_is_reserved_allocated_and_drawn(city: City, real_data: Path) -> None:
    """Every fen of the plan goes from the source to a payment, none is left, and the ledger is whole at each stage."""
    path = real_data / f"{NYC}.csv"
    total = count_independently(path)
    assert total == 29_495_063 * THOUSAND
    plan = read_plan(path, load_plan_mapping(SHIPPED / f"{NYC}.toml"))
    wanted = by_project(plan.rows) if os.environ.get("LIANBAN_LONG") else by_agency(plan.rows)
    assert min(min(parts) for parts in wanted.values()) > 0
    money = Treasury.found(city, total, currency="USD")
    items = enter(money, wanted)
    for item_id, _ in items:
        money.submit(item_id)
    assert money.totals() == {"source": -total, "reserved": total}
    assert money.check().faults == []
    for item_id, _ in items:
        money.do("fin1", item_id, "approve")
    assert money.totals() == {"source": -total, "committed": total}
    for item_id, instalments in items:
        for seq in range(1, instalments + 1):
            money.paid(item_id, seq)
    assert money.totals() == {"source": -total, "paid": total}
    report = money.check()
    assert report.faults == []
    payments = sum(instalments for _, instalments in items)
    assert report.entries == 1 + 2 * len(items) + payments
