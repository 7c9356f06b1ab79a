"""Asking for money on pages, and what an item's page says of it (issue 6 no. 3 and 5)."""

import re
from collections.abc import Callable

from tests.app.pages.conftest import Visit
from tests.money import WAN, Treasury, yuan


def _fields(money: Treasury, **more: str) -> dict[str, str]:
    return {
        "source": str(money.fund_id), "title": "路口设备", "amount": "300,000", "purpose": "采购", "need": "老化",
        "goals_rows": "3", "goals__2__kind": "quantity", "goals__2__indicator": "路口", "goals__2__target": "20个",
        "instalments_rows": "3", "instalments__1__amount": "100000", "instalments__2__amount": "200000",
        "instalments__2__milestone": "验收",
    } | more  # fmt: skip


def _draft(visitor: Visit, address: str, fields: dict[str, str]) -> str:
    visitor.get(address)
    response = visitor.post(address, key=visitor.key, **fields)
    return response.location or response.text


def test_a_request_is_drafted_from_its_projects_page(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """The button stands on the project's page for its departments only; the form shows what is free."""
    project_id = money.project()
    staff, address = visit("tra_staff"), f"/items/{project_id}/allocations/new"
    assert address in staff.get(f"/items/{project_id}").text
    assert "可用1,000,000.00" in staff.get(address).text
    location = _draft(staff, address, _fields(money))
    page = staff.get(location).text
    for told in ("300,000.00", "路口", "20个", "验收", "第2期"):
        assert told in page
    assert "路口设备" in staff.get(f"/items/{project_id}").text
    assert address not in visit("office1").get(f"/items/{project_id}").text


def test_rows_are_added_without_script_and_what_was_typed_stays(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """More rows on demand; nothing is written by it."""
    project_id = money.project()
    staff = visit("ene_staff")
    address = f"/items/{project_id}/allocations/new"
    page = _draft(staff, address, _fields(money, more="goals"))
    assert 'name="goals.6.indicator"' in page
    assert 'name="instalments.4.amount"' not in page
    assert 'value="20个"' in page
    assert "路口设备" not in staff.get("/allocations").text


def test_faults_stand_beside_the_row_they_speak_of(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """An empty row before it does not shift the place; instalments that do not add up are told with the difference."""
    project_id = money.project()
    staff, address = visit("tra_staff"), f"/items/{project_id}/allocations/new"
    page = _draft(staff, address, _fields(money, goals__2__target="", instalments__2__amount="2x"))
    assert 'id="f-goals-2-target-fault"' in page
    assert 'id="f-instalments-2-amount-fault"' in page
    page = _draft(staff, address, _fields(money, instalments__2__amount="150000"))
    assert "相差-50,000.00元" in page


def test_a_draft_is_corrected_and_a_submitted_one_is_not(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """Amending fills the form with what was asked; after submitting it is closed with its reason."""
    item_id = money.draft(money.project(), 30 * WAN, parts=(10 * WAN, 20 * WAN))
    staff, address = visit("tra_staff"), f"/allocations/{item_id}/edit"
    assert address in staff.get(f"/items/{item_id}").text
    page = staff.get(address).text
    assert 'value="300000.00"' in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    response = staff.post(address, key=staff.key, version=version[1], **_fields(money))
    assert response.location == f"/items/{item_id}"
    record = staff.get(f"/items/{item_id}").text
    assert "路口设备" in record
    assert "300,000.00 元" in record
    money.do("tra_staff", item_id, "submit")
    assert address not in staff.get(f"/items/{item_id}").text
    late = staff.post(address, key=staff.key, version=str(money.city.version(item_id)), **_fields(money))
    assert late.status_code == 409


def test_a_short_balance_is_said_before_anybody_asks(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """The page warns while the fund does not cover the request, with what is missing."""
    item_id = money.draft(money.project(), 120 * WAN)
    page = visit("tra_staff").get(f"/items/{item_id}").text
    assert "可用余额不足，还差200,000.00元，现在不能提交或下达。" in page


def test_an_allocations_page_says_all_of_its_money(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """Amounts in words and capitals, instalments with what holds them, payments with vouchers, never fen."""
    item_id = money.allocated(30 * WAN, parts=(10 * WAN, 20 * WAN))
    paid = money.paid(item_id, voucher="记9")
    money.spent(paid, 4 * WAN)
    auditor = visit("auditor")
    page = auditor.get(f"/items/{item_id}").text
    for told in ("人民币叁拾万元整", "须先确认节点完成", "记9", "票1", "申请单位", "资金主管部门", "300,000.00 元"):
        assert told in page, told
    assert "30000000" not in page, "no amount in fen"
    payment = auditor.get(f"/items/{paid}").text
    for told in ("人民币壹拾万元整", "6222000000000001", "60,000.00", "40,000.00", "记9"):
        assert told in payment, told
    assert "配合" not in re.sub(r"<[^>]+>", "", payment.split('id="money"')[1].split("附件")[0])


def test_the_forms_of_steps_know_amounts_instalments_and_goals(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """A step's form offers what can be chosen; an amount is typed in yuan; goals are answered one by one."""
    item_id = money.allocated(30 * WAN, parts=(10 * WAN, 20 * WAN))
    other = money.allocated(5 * WAN, title="另一笔")
    staff, head = visit("tra_staff"), visit("tra_head")
    form = staff.get(f"/items/{item_id}/actions/draw").text
    assert "第1期，100,000.00元" in form
    assert "第2期" not in form
    form = head.get(f"/items/{item_id}/actions/propose_transfer").text
    assert f'<option value="{other}"' in form
    assert "单位是元，不是万元" in form
    sent = head.post(
        f"/items/{item_id}/actions/propose_transfer", version=str(money.city.version(item_id)), key=head.key,
        f__into=str(other), f__amount=yuan(2 * WAN), f__reason="节余",
    )  # fmt: skip
    assert sent.status_code == 303
    assert "20,000.00" in head.get(f"/items/{item_id}").text
    paid = money.paid(other)
    money.spent(paid, 5 * WAN)
    form = head.get(f"/items/{other}/actions/settle").text
    assert 'name="f.goal_results.1"' in form
    sent = head.post(
        f"/items/{other}/actions/settle", version=str(money.city.version(other)), key=head.key,
        f__results="完成", f__goal_results__1="接入124个",
    )  # fmt: skip
    assert sent.status_code == 303
    assert "接入124个" in head.get(f"/items/{other}").text


def test_the_list_of_allocations_is_filtered_by_its_address(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """Fund, state, department and project; what may not be read is not there."""
    project_id = money.project()
    item_id = money.allocated(30 * WAN, project_id=project_id)
    office = visit("office1")
    assert f'href="/items/{item_id}"' in office.get(f"/allocations?fund={money.fund_id}&state=allocated").text
    assert f'href="/items/{item_id}"' in office.get(f"/allocations?project={project_id}").text
    assert f'href="/items/{item_id}"' not in office.get("/allocations?state=draft").text
    assert f'href="/items/{item_id}"' not in visit("wea_staff").get("/allocations?view=all").text
    assert "state=gold" in office.get("/allocations?state=gold").text


def test_lists_of_items_name_the_kind(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """Allocations and payments stand in the list of all items and in the inbox under their own names."""
    item_id = money.allocated(30 * WAN)
    money.drawn(item_id)
    page = visit("fin1").get("/inbox").text
    assert "拨付" in page
    found = visit("office1").get("/items?view=all&q=信号机").text
    assert "资金安排" in found
