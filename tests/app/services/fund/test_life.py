"""The life of special-fund money from the yearly total to the last receipt, through the services (issue 6)."""

import pytest

from app.core.errors import ConflictError
from tests.city import City
from tests.money import WAN, Treasury, yuan


def test_money_goes_from_the_total_to_the_receipt(city: City) -> None:
    """Reserved, committed, paid, spent, returned, the rest free again; at every point the ledger is whole."""
    money = Treasury.found(city)
    item_id = money.draft(money.project(), 30 * WAN, parts=(10 * WAN, 20 * WAN))
    assert money.totals() == {"source": -100 * WAN, "uncommitted": 100 * WAN}
    money.submit(item_id)
    assert money.totals() == {"source": -100 * WAN, "uncommitted": 70 * WAN, "reserved": 30 * WAN}
    money.do("fin1", item_id, "approve", amount=yuan(24 * WAN))
    assert money.totals() == {"source": -100 * WAN, "uncommitted": 76 * WAN, "committed": 24 * WAN}
    first = money.paid(item_id)
    assert money.totals() == {"source": -100 * WAN, "uncommitted": 76 * WAN, "committed": 16 * WAN, "paid": 8 * WAN}
    with pytest.raises(ConflictError) as held:
        money.drawn(item_id, 2)
    assert held.value.code == "nothing_to_draw"
    money.do("office1", item_id, "meet_milestone", instalment="2", evidence="验收单")
    second = money.paid(item_id, 2)
    money.spent(first, 8 * WAN)
    assert city.state(first) == "settled"
    money.spent(second, 15 * WAN)
    money.do(
        "tra_staff", second, "report_return", amount=yuan(WAN), spent_on="2026-03-02", voucher="退1", reason="节余"
    )
    money.do("fin1", second, "accept_spending")
    assert city.state(second) == "settled"
    assert money.totals() == {"source": -100 * WAN, "uncommitted": 76 * WAN, "spent": 23 * WAN, "returned": WAN}
    money.do("tra_head", item_id, "settle", results="按期完成", goal_results={"1": "接入124个"})
    money.do("fin2", item_id, "evaluate", score="92", assessment="达到目标")
    assert city.state(item_id) == "closed"
    report = money.check()
    assert report.faults == []
    assert (report.funds, report.fiscal_years, report.entries) == (1, [2026], 9)
