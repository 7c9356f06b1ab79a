"""Corners of the money's life that a random walk found or might miss: each a rule that once did not hold."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.core.errors import ConflictError, InvalidError
from app.services.fund.posting import Posted
from tests.city import City
from tests.money import RULE, WAN, Treasury, yuan


def test_a_returned_request_is_reserved_in_full_again(city: City) -> None:
    """What was proposed to the leaders before a return binds nobody: the next submission reserves what it asks for."""
    money = Treasury.found(city, rule=replace(RULE, leaders_from_fen=10 * WAN))
    item_id = money.draft(money.project(), 30 * WAN)
    money.submit(item_id)
    money.do("fin1", item_id, "refer", amount=yuan(12 * WAN))
    money.do("leader", item_id, "return", reason="补充说明")
    money.submit(item_id)
    assert money.balance("reserved", item_id) == 30 * WAN


def test_a_settlement_sent_back_has_no_instalments_without_money(city: City) -> None:
    """Settling frees what was not drawn; sent back, the allocation has no instalment that nothing stands behind."""
    money = Treasury.found(city)
    item_id = money.allocated(30 * WAN, parts=(10 * WAN, 20 * WAN))
    money.spent(money.paid(item_id), 10 * WAN)
    money.do("tra_head", item_id, "settle", results="提前完成", goal_results={"1": "接入120个"})
    money.do("fin2", item_id, "send_back", reason="补充绩效材料")
    assert money.check().faults == []
    other = money.allocated(5 * WAN, title="另一项")
    money.do("fin1", other, "propose_transfer", into=str(item_id), amount=yuan(2 * WAN), reason="补充验收费")
    money.do("fin2", other, "approve_transfer")
    money.paid(item_id, 2)
    assert money.totals()["paid"] == 2 * WAN
    assert money.check().faults == []


def test_a_draft_goes_along_into_the_next_year(city: City) -> None:
    """A draft of a year of which nothing is left can be submitted in the next one, from that year's money."""
    money = Treasury.found(city, rule=replace(RULE, surplus="surrender")).at(2026, 12, 28)
    item_id = money.draft(money.project(), 30 * WAN)
    money.at(2027, 1, 5)
    assert money.close(2026).outcome == "closed"
    money.budget("appropriate", 40 * WAN)
    money.submit(item_id)
    assert money.totals(2027) == {"source": -40 * WAN, "uncommitted": 10 * WAN, "reserved": 30 * WAN}


def test_a_year_with_an_overdrawn_balance_is_not_surrendered(city: City) -> None:
    """Overdrawn here and left over there are not set off: the year waits until the overdraft is covered."""
    money = Treasury.found(city, 10 * WAN, rule=replace(RULE, control="free", surplus="surrender"))
    money.budget("earmark", 6 * WAN, earmark="设备")
    item_id = money.allocated(8 * WAN)
    money.spent(money.paid(item_id), 8 * WAN)
    assert money.balance("uncommitted") == -4 * WAN
    money.at(2027, 1, 5)
    assert money.close(2026).outcome == "blocked"
    assert money.check().faults == []


def test_what_sets_itself_off_is_not_carried_either(city: City) -> None:
    """Surplus that sums to nothing by an overdraft is neither surrendered nor carried."""
    money = Treasury.found(city, 10 * WAN, rule=replace(RULE, control="free", surplus="surrender"), last_year=2026)
    money.budget("earmark", 6 * WAN, earmark="设备")
    item_id = money.allocated(10 * WAN)
    money.spent(money.paid(item_id), 10 * WAN)
    assert money.balance("uncommitted") == -6 * WAN
    money.at(2027, 1, 5)
    assert money.close(2026).outcome == "blocked"


def test_years_are_closed_in_their_order(city: City) -> None:
    """A year is not closed before the one whose balance it is to receive."""
    money = Treasury.found(city).at(2027, 3, 1)
    money.budget("appropriate", WAN)
    money.at(2028, 1, 5)
    assert money.close(2027).outcome == "blocked"
    assert money.close(2026).outcome == "closed"
    assert money.close(2027).outcome == "closed"
    assert money.totals(2028) == {"carried_over": -101 * WAN, "uncommitted": 101 * WAN}


def _returned(money: Treasury) -> tuple[int, Posted]:
    """Pay 30, return 10 of them; give the disbursement and the posting of the return."""
    paid = money.paid(money.allocated(30 * WAN))
    day = money.today.isoformat()
    money.do("tra_staff", paid, "report_return", amount=yuan(10 * WAN), spent_on=day, voucher="退1", reason="节余")
    money.do("fin1", paid, "accept_spending")
    return paid, Posted(money.last_posting(), 0)


def test_a_return_reversed_after_the_year_takes_its_money_back(city: City) -> None:
    """Returned money that went on as free money is taken from there when the return proves wrong: none is made."""
    money = Treasury.found(city)
    paid, posted = _returned(money)
    money.at(2027, 1, 5)
    money.close(2026)
    assert money.totals(2027) == {"carried_over": -100 * WAN, "uncommitted": 80 * WAN, "paid": 20 * WAN}
    money.reverse("fin2", posted.id)
    assert money.totals(2027) == {"carried_over": -100 * WAN, "uncommitted": 70 * WAN, "paid": 30 * WAN}
    assert money.balance("paid", paid, 2027) == 30 * WAN
    assert money.check().faults == []


def test_a_surrendered_return_reversed_after_the_year_comes_from_the_source(city: City) -> None:
    """Returned money that was surrendered comes back from where it went."""
    money = Treasury.found(city, rule=replace(RULE, surplus="surrender"))
    _, posted = _returned(money)
    money.at(2027, 1, 5)
    money.close(2026)
    money.reverse("fin2", posted.id)
    assert money.totals(2027) == {"source": -10 * WAN, "carried_over": -20 * WAN, "paid": 30 * WAN}
    assert money.check().faults == []


def test_earmarked_money_is_not_transferred_out_of_its_earmark(city: City) -> None:
    """An earmark holds for what was allocated from it as well: its money does not go to another purpose."""
    money = Treasury.found(city)
    money.budget("earmark", 20 * WAN, earmark="设备")
    project = money.project()
    giver = money.allocated(10 * WAN, project_id=project, earmark_id=money.earmark("设备"))
    taker = money.allocated(10 * WAN, project_id=project, title="另一项")
    with pytest.raises(InvalidError) as refused:
        money.do("fin1", giver, "propose_transfer", into=str(taker), amount=yuan(WAN), reason="调剂")
    assert [fault.field for fault in refused.value.faults] == ["into"]


def test_a_refusal_says_what_is_left(city: City) -> None:
    """P47: whoever asks for more than is free is told how much that is, before anything is written."""
    money = Treasury.found(city, 10 * WAN)
    item_id = money.draft(money.project(), 10 * WAN + 1)
    with pytest.raises(ConflictError) as refused:
        money.do("tra_staff", item_id, "submit")
    assert refused.value.code == "over_balance"
    assert "100,000.00" in str(refused.value.sentence.zh)
    assert money.totals() == {"source": -10 * WAN, "uncommitted": 10 * WAN}


def test_an_allocation_that_is_not_settled_keeps_the_last_year_open(city: City) -> None:
    """The last year of a fund is not closed over an allocation whose results are not reported yet."""
    money = Treasury.found(city, 10 * WAN, last_year=2026)
    item_id = money.allocated(10 * WAN)
    money.spent(money.paid(item_id), 10 * WAN)
    money.at(2027, 1, 5)
    told = money.close(2026)
    assert told.outcome == "blocked"
    assert date(2027, 1, 5) == money.today


def test_a_settlement_is_not_sent_back_where_it_could_not_be_settled_again(city: City) -> None:
    """After a fund's last year nothing more is posted: sent back, an allocation would be open for good."""
    money = Treasury.found(city, 10 * WAN, last_year=2026)
    item_id = money.allocated(10 * WAN)
    money.spent(money.paid(item_id), 10 * WAN)
    money.do("tra_head", item_id, "settle", results="按期完成", goal_results={"1": "接入120个"})
    money.at(2027, 1, 5)
    assert money.close(2026).outcome == "closed"
    with pytest.raises(ConflictError) as refused:
        money.do("fin2", item_id, "send_back", reason="补充绩效材料")
    assert refused.value.code == "fund_year_closed"
    assert money.do("fin2", item_id, "evaluate", score="85", assessment="达到目标")["state"] == "closed"


def test_a_known_earmark_is_for_whom_it_was_made(city: City) -> None:
    """Another department named beside a known earmark is refused, not passed over in silence."""
    money = Treasury.found(city)
    money.budget("earmark", 6 * WAN, earmark="设备", department_id=city.departments["TRA"])
    with pytest.raises(InvalidError) as refused:
        money.budget("earmark", WAN, earmark="设备", department_id=city.departments["ENE"])
    assert [fault.field for fault in refused.value.faults] == ["department"]
    money.budget("earmark", WAN, earmark="设备", department_id=city.departments["TRA"])
    money.budget("release_earmark", 2 * WAN, earmark="设备")
    assert money.balance("uncommitted", money.earmark("设备")) == 5 * WAN


def test_nothing_is_paid_before_it_was_asked_for(city: City) -> None:
    """A slip of the month does not put a payment before its own request."""
    money = Treasury.found(city)
    payment_id = money.drawn(money.allocated(8 * WAN))
    money.do("fin1", payment_id, "check")
    with pytest.raises(InvalidError) as refused:
        money.do("fin2", payment_id, "pay", voucher="记1", paid_on=f"{money.today - timedelta(days=1)}")
    assert [fault.field for fault in refused.value.faults] == ["paid_on"]
    assert money.do("fin2", payment_id, "pay", voucher="记1", paid_on=f"{money.today}")["state"] == "paid"
