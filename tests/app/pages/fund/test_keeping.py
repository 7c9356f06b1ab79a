"""The keepers' forms: what they do, what they refuse, and that what was typed stays (issue 6 no. 2)."""

import re
from collections.abc import Callable

from tests.app.pages.conftest import Visit
from tests.money import WAN, YEAR, Treasury

_RULE = {
    "from_on": "2026-03-02", "control": "stop", "notice_workdays": "5", "warning_workdays": "10", "surplus": "carry",
    "number_sign": "财专", "reason": "办法",
}  # fmt: skip


def _send(visitor: Visit, address: str, **fields: str) -> str:
    visitor.get(address)
    found = re.search(r'name="version" value="(\d+)"', visitor.last)
    version = {"version": found[1]} if found else {}
    response = visitor.post(address, key=visitor.key, **version, **fields)
    return response.location or response.text


def test_a_fund_is_opened_with_its_first_rules(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """Finance staff open a fund; whoever keeps none is told who may."""
    keeper = visit("fin1")
    fields = {"code": "F2", "name": "应急专项资金", "purpose": "应急", "source_document": "市财〔2026〕9号",
              "first_year": str(YEAR), "last_year": str(YEAR + 1)}  # fmt: skip
    location = _send(keeper, "/funds/new", **fields, **_RULE)
    assert re.fullmatch(r"/funds/\d+", location)
    assert location != f"/funds/{money.fund_id}"
    assert "应急专项资金" in keeper.get(location).text
    assert visit("tra_staff").get("/funds/new").status_code == 403


def test_every_fault_is_told_at_once_beside_its_field(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """Bad input: nothing is written, all faults at once, what was typed stays."""
    keeper = visit("fin1")
    page = _send(keeper, f"/funds/{money.fund_id}/entries/new", operation="supplement", amount="十万", basis="")
    assert "有2处需要更正" in page
    assert 'value="十万"' in page
    assert 'id="f-amount-fault"' in page
    assert 'id="f-basis-fault"' in page
    assert money.totals()["uncommitted"] == 100 * WAN


def test_an_entry_is_posted_once_and_a_mix_up_of_units_is_asked_about(
    money: Treasury, visit: Callable[[str], Visit]
) -> None:
    """An amount ten thousand times what it stands beside asks for confirmation; a double click posts nothing twice."""
    keeper, address = visit("fin1"), f"/funds/{money.fund_id}/entries/new"
    huge = {"operation": "supplement", "amount": "10000000000", "basis": "市财〔2026〕3号"}
    page = _send(keeper, address, **huge)
    assert "金额确实无误" in page
    assert money.totals()["uncommitted"] == 100 * WAN
    keeper.get(address)
    key = keeper.key
    small = {"operation": "supplement", "amount": "20,000.00", "basis": "市财〔2026〕4号", "key": key}
    first, second = keeper.post(address, **small), keeper.post(address, **small)
    assert first.location == second.location
    assert money.totals()["uncommitted"] == 102 * WAN
    assert "市财〔2026〕4号" in keeper.get(first.location or "").text


def test_rules_change_from_a_day_on_and_old_ones_stay(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """New rules never reach back; a page that was overtaken is told so."""
    keeper, address = visit("fin1"), f"/funds/{money.fund_id}/rules/new"
    past = _send(keeper, address, **(_RULE | {"from_on": "2026-03-01"}))
    assert "规则不能溯及既往" in past
    assert _send(keeper, address, **_RULE).startswith(f"/funds/{money.fund_id}")
    page = keeper.get(f"/funds/{money.fund_id}").text
    assert "5个工作日" in page
    assert "已被取代" in page
    keeper.get(address)
    stale = keeper.post(address, key=keeper.key, version="1", **(_RULE | {"reason": "另一理由"}))
    assert stale.status_code == 412
    assert "另一理由" in stale.text


def test_a_fund_runs_longer(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """Extension: a later year with its basis; an earlier one is refused."""
    keeper, address = visit("fin_head"), f"/funds/{money.fund_id}/extension"
    assert "应为" in _send(keeper, address, last_year=str(YEAR), basis="文")
    assert _send(keeper, address, last_year=str(YEAR + 4), basis="文") == f"/funds/{money.fund_id}"
    assert f"{YEAR}至{YEAR + 4}年" in keeper.get(f"/funds/{money.fund_id}").text


def test_a_mistake_is_reversed_by_somebody_else(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """Its author is offered no reversal and refused one; a colleague reverses, and both postings name each other."""
    posted = money.budget("supplement", WAN, by="fin1")
    posting = f"/postings/{posted.id}"
    author, colleague = visit("fin1"), visit("fin2")
    assert f"{posting}/reversal" not in author.get(posting).text
    author.get(f"{posting}/reversal")
    assert author.post(f"{posting}/reversal", key=author.key, reason="记错").status_code == 403
    assert f"{posting}/reversal" in colleague.get(posting).text
    location = _send(colleague, f"{posting}/reversal", reason="记错了文号")
    assert "记错了文号" in colleague.get(location).text
    assert posting in colleague.get(location).text
    assert location in colleague.get(posting).text
    assert visit("tra_staff").get(f"{posting}/reversal").status_code in (403, 404)


def test_the_years_end_is_previewed_and_not_closed_too_early(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """A preview posts nothing; a running year is refused."""
    keeper = visit("fin1")
    page = keeper.get(f"/funds/year-end?year={YEAR}").text
    assert "1,000,000.00" in page
    assert "结账并结转" not in page
    assert money.totals(YEAR)["uncommitted"] == 100 * WAN
    response = keeper.post("/funds/year-end", year=str(YEAR))
    assert response.status_code == 303
    assert "尚未结束" in keeper.get(response.location or "").text


def test_only_keepers_are_offered_the_forms(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """Others read the fund without a button, and the forms are refused them."""
    for login in ("auditor", "tra_head"):
        visitor = visit(login)
        assert "预算记账" not in visitor.get(f"/funds/{money.fund_id}").text
        for form in ("entries/new", "rules/new", "extension"):
            assert visitor.get(f"/funds/{money.fund_id}/{form}").status_code == 403
