"""The pages on which money is read, from the yearly total to one voucher, as far as each may see (issue 6 no. 8)."""

import re
from collections.abc import Callable

import pytest

from tests.app.pages.conftest import Visit
from tests.money import WAN, YEAR, Treasury

_ROLES = ("office1", "director", "leader", "auditor", "fin1", "fin_head", "tra_head", "tra_staff", "wea_staff")


def _links(text: str) -> list[str]:
    return [found.replace("&amp;", "&") for found in re.findall(r'href="([^"]+)"', text)]


def _fill(money: Treasury) -> tuple[int, int]:
    money.budget("earmark", 15 * WAN, earmark="应急")
    allocation_id = money.allocated(8 * WAN)
    return allocation_id, money.paid(allocation_id, voucher="记账凭证77")


def test_an_auditor_gets_from_the_yearly_total_to_a_voucher_in_four_clicks(
    money: Treasury, visit: Callable[[str], Visit]
) -> None:
    """Issue 6, done means: list of funds → fund → paid → posting with its voucher; each step is a link on the page."""
    _fill(money)
    auditor, clicks = visit("auditor"), 0
    page = auditor.get("/funds").text
    for wanted in (rf"/funds/{money.fund_id}\?year={YEAR}$", r"ledger\?.*kind=paid", r"/postings/\d+$"):
        address = next(link for link in _links(page) if re.search(wanted, link))
        page, clicks = auditor.get(address).text, clicks + 1
    assert clicks <= 4
    assert "记账凭证77" in page
    assert "人民币捌万元整" in page
    assert "信号机升级" in page


@pytest.mark.parametrize("login", _ROLES)
def test_every_role_sees_the_fund_and_only_some_the_whole_ledger(
    money: Treasury, visit: Callable[[str], Visit], login: str
) -> None:
    """Name, rules and sums are for everybody with a post; the whole ledger for keepers, office, leaders, auditors."""
    _fill(money)
    visitor = visit(login)
    page = visitor.get(f"/funds/{money.fund_id}")
    assert page.status_code == 200
    assert "920,000.00" in page.text
    assert "联合项目专项资金" in visitor.get("/funds").text
    ledger = visitor.get(f"/funds/{money.fund_id}/ledger?year={YEAR}").text
    sees_all = login in _ROLES[:6]
    assert ("资金到位" in re.sub(r"<option.*?</option>", "", ledger)) is sees_all
    assert ("只含本单位的账目" in ledger) is not sees_all
    assert ("记账凭证77" in ledger) is (sees_all or login.startswith("tra"))


def test_an_administrator_sees_no_money(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """An administrator's post reads no items and no funds: neither page nor place in the menu."""
    admin = visit("admin")
    assert admin.get(f"/funds/{money.fund_id}").status_code == 403
    assert 'href="/funds"' not in admin.get("/me").text


def test_what_is_not_there_is_missing(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """Unknown funds and postings are 404; a filter of the address that is no filter is told, never obeyed in part."""
    auditor = visit("auditor")
    assert auditor.get("/funds/9999").status_code == 404
    assert auditor.get("/postings/9999").status_code == 404
    assert "kind=gold" in auditor.get(f"/funds/{money.fund_id}/ledger?kind=gold").text
    assert "year=20x6" in auditor.get(f"/funds/{money.fund_id}?year=20x6").text


def test_another_departments_posting_is_missing(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """P86: a posting that touches nothing of one's own department looks like one that is not there."""
    _fill(money)
    ledger = visit("auditor").get(f"/funds/{money.fund_id}/ledger?operation=pay").text
    address = next(link for link in _links(ledger) if re.search(r"/postings/\d+$", link))
    assert visit("tra_staff").get(address).status_code == 200
    assert visit("wea_staff").get(address).status_code == 404


def test_the_figure_and_the_rows_behind_it_agree(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """A figure names itself: the ledger filtered to an account says what stands on it, and how it came so."""
    _fill(money)
    page = visit("auditor").get(f"/funds/{money.fund_id}/ledger?kind=committed&year={YEAR}").text
    assert "已下达未拨付现有金额" in page
    assert "+80,000.00" in page
    assert "-80,000.00" in page


def test_a_year_that_was_never_opened_shows_no_rate(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """A rate without a budget is a dash, not 0 %; the page stands."""
    page = visit("auditor").get(f"/funds/{money.fund_id}?year={YEAR + 1}").text
    assert "没有可用预算，不计算执行率。" in page
    assert "未开账" in page


def test_hostile_text_is_text(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """What people write is never markup: basis, voucher, earmark."""
    money.budget("earmark", WAN, earmark="<script>alert(1)</script>", basis="<b>依据</b>")
    auditor = visit("auditor")
    for address in (f"/funds/{money.fund_id}", f"/funds/{money.fund_id}/ledger"):
        page = auditor.get(address).text
        assert "<script>alert(1)" not in page
        assert "<b>依据</b>" not in page


def test_ones_own_departments_money(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """My department's money: by fund, what is still to be accounted for, what runs; others' is not there."""
    _, payment_id = _fill(money)
    page = visit("tra_staff").get("/funds/mine").text
    assert f'href="/items/{payment_id}"' in page
    assert "80,000.00" in page
    assert "80,000.00" not in visit("ene_staff").get("/funds/mine").text


def test_pages_in_english(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """The same pages in the reader's language."""
    _fill(money)
    auditor = visit("auditor")
    auditor.client.set_cookie("lang", "en")
    page = auditor.get(f"/funds/{money.fund_id}").text
    assert "Where the money is" in page
    assert "Execution rate" in page
    assert "Ledger" in auditor.get(f"/funds/{money.fund_id}/ledger").text
