"""The funds' pages and forms in a browser: with and without script, on phone and desk, in both languages."""

from collections.abc import Callable

import pytest

from tests.app.pages.conftest import Desk, give_passwords
from tests.money import WAN, Treasury

pytestmark = pytest.mark.browser
Open = Callable[..., Desk]


def _found(desk: Desk) -> Treasury:
    money = Treasury.found(desk.site.city)
    give_passwords(desk.site.city.database)
    return money


def _check(desk: Desk) -> None:
    """Make sure that the page does not scroll sideways; what axe says of it is asked with all other pages."""
    width = desk.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], desk.page.url


@pytest.mark.parametrize(("width", "lang"), [(390, "zh-CN"), (1440, "en-US")])
def test_money_is_kept_and_asked_for_without_script(open_desk: Open, width: int, lang: str) -> None:
    """A keeper posts, a department drafts with two rows more: the same forms on a phone and a desk, without script."""
    desk = open_desk(width, script=False, lang=lang)
    money = _found(desk)
    project_id = money.project()
    desk.log_in("fin1")
    page = desk.page
    desk.open(f"/funds/{money.fund_id}/entries/new")
    page.select_option("#f-operation", "supplement")
    page.fill("#f-amount", "1,000.50")
    page.fill("#f-basis", "市财〔2026〕8号")
    page.click("form.stacked .btn-primary")
    assert "1,000.50" in page.inner_text("h1")
    money.paid(money.allocated(8 * WAN, project_id=project_id))
    for path in ("/funds", f"/funds/{money.fund_id}", f"/funds/{money.fund_id}/ledger?kind=paid", "/allocations",
                 f"/funds/{money.fund_id}/rules/new", "/funds/new", "/funds/year-end?year=2026"):  # fmt: skip
        desk.open(path)
        _check(desk)
    desk = open_desk(width, script=False, lang=lang)
    page = desk.page
    desk.log_in("tra_staff")
    desk.open(f"/items/{project_id}/allocations/new")
    page.fill("#f-title", "新申请")
    page.click("button[name=more][value=instalments]")
    assert page.input_value("#f-title") == "新申请"
    assert page.locator("[name='instalments.6.amount']").count() == 1
    _check(desk)
    page.select_option("#f-source", str(money.fund_id))
    for name, text in (("amount", "300"), ("purpose", "采购"), ("need", "老化")):
        page.fill(f"#f-{name}", text)
    page.fill("[name='goals.1.indicator']", "路口")
    page.fill("[name='goals.1.target']", "20个")
    page.click("form.stacked .btn-primary")
    assert "新申请" in page.inner_text("h1")
    _check(desk)


def test_the_sum_of_the_instalments_is_shown_while_typing(open_desk: Open) -> None:
    """With script the sum stands beside the rows, exact to the fen; nothing else changes, nothing complains."""
    desk = open_desk()
    money = _found(desk)
    project_id = money.project()
    desk.log_in("tra_staff")
    desk.open(f"/items/{project_id}/allocations/new")
    page = desk.page
    page.fill("[name='instalments.1.amount']", "1,000.10")
    page.fill("[name='instalments.2.amount']", "0.25")
    assert "1,000.35" in page.inner_text("[data-sum-of]")
    page.fill("[name='instalments.2.amount']", "0.255")
    assert page.inner_text("[data-sum-of]") == ""
    assert desk.faults == []
