"""Reported failures of comparable systems that touch money (cases P03, P06, P46, P48, P50, P54 to P56, P58, P104)."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.errors import ConflictError, DomainError, ForbiddenError, InvalidError
from app.models.fund import FundAccount, FundEntry, FundPosting, FundYear
from app.models.item import Item
from app.models.record import History
from app.policy.people import Actor
from app.services.act import Act
from app.services.fund.drafting import Draft, Goal, Instalment, amend_allocation
from app.services.transitions import Request, perform
from tests.app.services.test_races import at_once, count
from tests.city import City
from tests.money import RULE, WAN, Treasury, yuan
from workflows.money.shares import split_sum

#: 2026-01-01 00:05 in Shanghai.
NEW_YEAR = datetime(2025, 12, 31, 16, 5, tzinfo=UTC)
DECEMBER = datetime(2025, 12, 20, 2, 0, tzinfo=UTC)


def old_fund(city: City, fen: int, **more: Any) -> Treasury:  # noqa: ANN401  # what found() takes
    """Open a fund on 2025-12-20."""
    return Treasury.found(city, fen, now=DECEMBER, first_year=2025, last_year=2027, **more)


def show_year(money: Treasury, year: int) -> bytes:
    """Return everything that a report on a year is made of, byte for byte."""
    with money.city.database.reading() as session:
        totals = session.execute(select(FundYear.__table__).where(FundYear.year == year)).one()
        postings = session.execute(select(FundPosting.__table__).where(FundPosting.year == year)).all()
        balances = session.execute(select(FundAccount.__table__).where(FundAccount.year == year)).all()
    rows = [list(totals), [list(row) for row in postings], [list(row) for row in balances]]
    return json.dumps(rows, default=str).encode()


def test_p03_who_asked_does_not_decide_in_another_post(city: City) -> None:
    """P03: head of the asking bureau and finance officer in one person: 403 on every decision, nothing changes."""
    money = Treasury.found(city, rule=replace(RULE, notice_workdays=0))
    city.add_person("both", ("TRA", "head", False), ("FIN", "finance", False))
    item_id = money.draft(money.project(), 12 * WAN)
    money.do("both", item_id, "submit")
    assert city.state(item_id) == "finance_review"
    for action, fields in (("approve", {}), ("reject", {"reason": "不符"})):
        with pytest.raises(ForbiddenError):
            money.do("both", item_id, action, **fields)
    assert (city.state(item_id), money.balance("reserved", item_id)) == ("finance_review", 12 * WAN)
    money.do("fin1", item_id, "approve")
    money.do("both", item_id, "draw", instalment="1", account="622200000001", bank="示例银行")
    paid = money.below(item_id)[-1]
    with pytest.raises(ForbiddenError):
        money.do("both", paid, "check")
    money.do("fin1", paid, "check")
    with pytest.raises(ForbiddenError):
        money.do("both", paid, "pay", voucher="记1")
    assert money.totals()["committed"] == 12 * WAN


def test_p06_p46_what_was_decided_is_not_changed(city: City) -> None:
    """P06, P46: a submitted or decided request is not amended; a changed payee needs a new check and a new order."""
    money = Treasury.found(city)
    item_id = money.draft(money.project(), 50 * WAN)
    draft = Draft("信号机升级", money.fund_id, "采购", "不能联网", 90 * WAN, goals=(Goal("quantity", "路口", "120个"),),
                  instalments=(Instalment(90 * WAN),))  # fmt: skip
    for login, action in (("tra_staff", "submit"), ("tra_head", "endorse"), ("fin1", "approve")):
        money.do(login, item_id, action)
        version = city.version(item_id)
        with pytest.raises(ConflictError) as refused:
            money.by("tra_staff", partial(_amend, item_id=item_id, version=version, draft=draft))
        assert refused.value.code == "wrong_state"
    paid = money.drawn(item_id)
    money.do("fin1", paid, "check")
    money.do("fin1", paid, "return", reason="账号有误")
    money.do("tra_staff", paid, "submit", account="6222000000000002", bank="示例银行")
    with pytest.raises(ConflictError):
        money.do("fin2", paid, "pay", voucher="记1")
    money.do("fin1", paid, "check")
    money.do("fin2", paid, "pay", voucher="记1")
    assert money.balance("paid", paid) == 50 * WAN


def _amend(act: Act, actor: Actor, *, item_id: int, version: int, draft: Draft) -> int:
    return amend_allocation(act, actor, item_id, version, draft)


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        (10_000, [3_334, 3_333, 3_333]),
        (1, [1, 0, 0]),
        (100_000_000, [14_285_715, 14_285_715, 14_285_714, 14_285_714, 14_285_714, 14_285_714, 14_285_714]),
    ],
)
def test_p48_equal_shares_add_up(total: int, parts: list[int]) -> None:
    """P48: 100.00 and 0.01 over three, 1,000,000.00 over seven: exact, a fen apart at most, the earlier more."""
    assert split_sum(total, [1] * len(parts)) == parts
    assert sum(parts) == total


def test_p50_eleven_instalments_use_the_fund_up(city: City) -> None:
    """P50: 1,000.00 in ten of 90.91 and one of 90.90: all pass, the balance is 0.00, the year closes on nothing."""
    money = Treasury.found(city, 100_000, last_year=2026)
    item_id = money.allocated(100_000, parts=(*[9_091] * 10, 9_090))
    for seq in range(1, 12):
        if seq > 1:
            money.do("office1", item_id, "meet_milestone", instalment=str(seq), evidence="验收单")
        money.spent(money.paid(item_id, seq), 9_091 if seq < 11 else 9_090)
    assert money.totals() == {"source": -100_000, "spent": 100_000}
    assert money.balance("uncommitted") == money.balance("committed", item_id) == 0
    money.do("tra_head", item_id, "settle", results="完成", goal_results={"1": "接入120个"})
    assert money.at(2027, 1, 5).close(2026).outcome == "closed"
    assert money.check().faults == []


def test_p54_the_year_changes_once(city: City) -> None:
    """P54: 100,000.00, spent 62,300.50, 10,000.00 promised: 27,699.50 and the promise go on, once."""
    money = old_fund(city, 10 * WAN)
    project = money.project()
    money.spent(money.paid(money.allocated(6_230_050, project_id=project)), 6_230_050)
    promised = money.allocated(WAN, project_id=project, title="未拨付")
    with pytest.raises(ConflictError):
        money.close(2025)
    money.now = NEW_YEAR
    outcomes = [money.close(2025).outcome, money.close(2025).outcome]
    before = show_year(money, 2025)
    restarted = Treasury(city, money.fund_id, datetime(2026, 1, 4, 2, 0, tzinfo=UTC))
    outcomes.append(restarted.close(2025).outcome)
    assert outcomes == ["closed", "closed_before", "closed_before"]
    assert money.totals(2026) == {"carried_over": -3_769_950, "uncommitted": 2_769_950, "committed": WAN}
    restarted.paid(promised)
    restarted.budget("appropriate", WAN)
    assert show_year(money, 2025) == before
    assert money.check().faults == []


def test_p55_a_payment_of_a_closed_year_is_reversed_today(city: City) -> None:
    """P55: paid 2025-12-20, year closed, reversed 2026-02-03: a linked entry of that day; 2025 stays byte for byte."""
    money = old_fund(city, 10 * WAN)
    item_id = money.allocated(8 * WAN)
    paid = money.paid(item_id)
    original = money.last_posting()
    money.at(2026, 1, 15).close(2025)
    before = show_year(money, 2025)
    money.at(2026, 2, 3).do("fin1", paid, "reverse", reason="付错单位")
    with city.database.reading() as session:
        row = session.execute(select(FundPosting).where(FundPosting.reverses_id == original)).scalar_one()
    assert (row.on_day.isoformat(), row.year, row.note) == ("2026-02-03", 2026, "付错单位")
    assert show_year(money, 2025) == before
    assert money.balance("committed", item_id, 2026) == 8 * WAN
    money.paid(item_id)
    assert money.check().faults == []


def test_p55_a_receipt_of_a_closed_year_is_reversed_today(city: City) -> None:
    """P55: spending accepted in 2025 proves wrong: it is owed again in 2026, out of what was carried over."""
    money = old_fund(city, 10 * WAN)
    item_id = money.allocated(8 * WAN)
    paid = money.paid(item_id)
    money.spent(paid, 8 * WAN)
    spent = money.last_posting()
    money.at(2026, 1, 15).close(2025)
    before = show_year(money, 2025)
    money.at(2026, 2, 3).reverse("fin2", spent)
    assert show_year(money, 2025) == before
    assert city.state(paid) == "paid"
    assert money.totals(2026) == {"carried_over": -10 * WAN, "uncommitted": 2 * WAN, "paid": 8 * WAN}
    money.spent(paid, 8 * WAN, voucher="票2")
    assert money.check().faults == []


def test_p56_cancelling_leaves_every_row(city: City) -> None:
    """P56: an allocation cancelled with its project: its postings stay, a counter-entry frees the money."""
    money = Treasury.found(city, 20 * WAN)
    project = money.project()
    item_id = money.allocated(8 * WAN, project_id=project)
    drawn = money.drawn(item_id)
    before = count(city, FundPosting)
    entries = count(city, FundEntry)
    money.do("office1", project, "cancel", reason="不再实施")
    assert (city.state(item_id), city.state(drawn)) == ("withdrawn", "cancelled")
    assert (count(city, FundPosting), count(city, FundEntry)) == (before + 1, entries + 1)
    assert money.totals() == {"source": -20 * WAN, "uncommitted": 20 * WAN}
    assert money.check().faults == []


def test_p56_a_project_with_money_to_account_for_is_not_cancelled(city: City) -> None:
    """P56: what was paid must be accounted for or reversed first; the refusal names the payment."""
    money = Treasury.found(city, 20 * WAN)
    project = money.project()
    paid = money.paid(money.allocated(8 * WAN, project_id=project))
    with pytest.raises(ConflictError) as refused:
        money.do("office1", project, "cancel", reason="不再实施")
    assert refused.value.code == "below_not_ended"
    assert str(paid) in refused.value.sentence.en
    money.do("fin1", paid, "reverse", reason="付错")
    money.do("office1", project, "cancel", reason="不再实施")
    assert money.totals() == {"source": -20 * WAN, "uncommitted": 20 * WAN}


def test_p58_a_fen_is_not_nothing(city: City) -> None:
    """P58: three instalments of 333.33 for 1,000.00 are refused, naming the 0.01."""
    money = Treasury.found(city)
    with pytest.raises(InvalidError) as refused:
        money.draft(money.project(), 100_000, parts=(33_333, 33_333, 33_333))
    assert [fault.field for fault in refused.value.faults] == ["instalments"]
    assert "-0.01" in refused.value.faults[0].sentence.zh
    assert money.draft(money.project(), 100_000, parts=(33_334, 33_333, 33_333))


def test_p104_numbers_at_once_have_no_gap(city: City) -> None:
    """P104: 20 allocations at the same moment, one rolled back, a new year: 1 to 20, 21, then 1 again."""
    money = Treasury.found(city)
    project = money.project()
    items = [money.draft(project, WAN, title=f"申请{number}") for number in range(22)]
    for item_id in items:
        money.submit(item_id)
    results = at_once([partial(money.do, "fin1", item_id, "approve") for item_id in items[:20]])
    assert not any(isinstance(one, DomainError) for one in results)
    with pytest.raises(ZeroDivisionError):
        _approve_and_fail(money, items[20])
    money.do("fin1", items[21], "approve")
    numbers = {_number(city, item_id) for item_id in (*items[:20], items[21])}
    assert numbers == {f"财专〔2026〕{number}号" for number in range(1, 22)}
    assert _number(city, items[20]) is None
    money.at(2027, 1, 5).close(2026)
    money.do("fin1", items[20], "approve")
    assert _number(city, items[20]) == "财专〔2027〕1号"


def _approve_and_fail(money: Treasury, item_id: int) -> None:
    with money.city.database.writing() as session:
        request = Request("approve", {}, money.city.version(item_id))
        perform(session, money.city.book, money.city.people["fin1"], money.now, item_id, request)
        raise ZeroDivisionError


def _number(city: City, item_id: int) -> str | None:
    with city.database.reading() as session:
        return session.execute(select(Item.number).where(Item.id == item_id)).scalar_one()


def test_nothing_is_posted_by_a_refusal(city: City) -> None:
    """Every refusal of this file's kinds leaves neither a row of the ledger nor one of history behind."""
    money = Treasury.found(city, 10 * WAN)
    item_id = money.draft(money.project(), 11 * WAN)
    before = [count(city, table) for table in (FundPosting, FundEntry, History)]
    for login, action, fields in (
        ("tra_staff", "submit", {}), ("fin1", "approve", {"amount": yuan(WAN)}), ("wea_head", "submit", {}),
    ):  # fmt: skip
        with pytest.raises(DomainError):
            money.do(login, item_id, action, **fields)
    with pytest.raises(ConflictError):
        money.budget("cut", 11 * WAN)
    assert [count(city, table) for table in (FundPosting, FundEntry, History)] == before
    with city.database.reading() as session:
        assert session.execute(select(func.max(FundYear.posted))).scalar_one() == 1
