"""The pages of a call for requests, without script: from the draft to the decision, and what each refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.clock import FixedClock
from app.models.call import FundCall
from tests.app.pages.conftest import Visit
from tests.app.services.fund_call.calling import Calling
from tests.city import City
from tests.money import WAN, Treasury

FORM = {
    "title": "2026年联合项目<b>申报", "text": "请各单位申报", "year": "2026", "opens_on": "2026-03-02",
    "closes_on": "2026-03-10", "cap": "500000", "criteria[1].name": "必要性", "criteria[1].weight": "40",
    "criteria[2].name": "绩效目标", "criteria[2].weight": "60", "reviewers": "wea_head、wea_staff",
    "limits[1].department": "TRA", "limits[1].ceiling": "450000",
}  # fmt: skip


@pytest.fixture
def money(city: City) -> Treasury:
    """Give a fund of a million yuan."""
    return Treasury.found(city)


def send(visit: Visit, address: str, fields: dict[str, str]) -> Any:  # noqa: ANN401  # a response
    """Send a form whose names hold dots and brackets."""
    return visit.client.post(address, data={**fields, "csrf_token": visit.token, "key": visit.key})


def test_a_call_is_drafted_corrected_and_published(money: Treasury, visit: Callable[[str], Visit], city: City) -> None:
    """What is wrong stands beside its field and what was typed stays; hostile text is text."""
    keeper = visit("fin1")
    address = f"/funds/{money.fund_id}/calls/new"
    assert keeper.get(address).status_code == 200
    wrong = {**FORM, "cap": "1.234", "criteria[2].weight": "-5", "reviewers": "张三丰", "closes_on": "x"}
    refused = send(keeper, address, wrong)
    assert refused.status_code == 422
    text = refused.text
    for name in ("cap", "criteria[2].weight", "reviewers", "closes_on"):
        assert f'id="f-{name}-fault"' in text, name
    assert 'value="1.234"' in text
    assert "<b>申报" not in text
    sums = send(keeper, address, {**FORM, "criteria[2].weight": "50"})
    assert "权重之和应为100，现为90" in sums.text
    more = send(keeper, address, {**FORM, "more": "1"})
    assert "limits[5].department" in more.text
    made = send(keeper, address, FORM)
    assert made.status_code == 303
    again = send(keeper, address, FORM)
    assert again.headers["Location"] == made.headers["Location"]
    place = made.headers["Location"]
    assert keeper.get(f"{place}/edit").status_code == 200
    assert send(keeper, f"{place}/edit", {**FORM, "version": "1", "title": "申报"}).status_code == 303
    stale = send(keeper, f"{place}/edit", {**FORM, "version": "1"})
    assert stale.status_code == 412
    keeper.get(place)
    assert keeper.post(f"{place}/open", version="2").status_code == 303
    assert keeper.get(f"{place}/edit").status_code == 302
    assert visit("tra_staff").post(f"{place}/cancel", version="3", reason="不要").status_code in (400, 403)
    with city.database.reading() as session:
        assert session.execute(select(FundCall.state, FundCall.title)).one() == ("open", "申报")
    shown = visit("ene_head").get("/fund-calls").text
    assert place in shown


def test_requests_scores_proposal_and_decision_on_pages(
    money: Treasury, visit: Callable[[str], Visit], app: Flask
) -> None:
    """Each sees what waits for them; reasons stand folded beside the rows, deviations with theirs."""
    call = Calling.draft(money).open()
    project = money.project()
    items = [money.draft(project, 30 * WAN, minimum_fen=12 * WAN, title=f"申请{n}") for n in (1, 2)]
    place = f"/fund-calls/{call.call_id}"
    asker = visit("tra_staff")
    assert "申请2" in asker.get(place).text
    for item_id in items:
        assert asker.post(f"{place}/entries", item=str(item_id)).status_code == 303
    twice = asker.post(f"{place}/entries", item=str(items[0]))
    assert twice.status_code == 409
    clock = app.extensions["lianban"].clock
    assert isinstance(clock, FixedClock)
    money.at(2026, 3, 11)
    clock.set(money.now)
    keeper = visit("fin1")
    keeper.get(place)
    assert keeper.post(f"{place}/score", version=str(call.version)).status_code == 303
    first, second = 1, 2
    one, other = visit("wea_head"), visit("wea_staff")
    assert "申请1" in one.get(place).text  # a reviewer has to know what is asked for
    wrong = one.client.post(
        f"{place}/entries/{first}/scores", data={"points": ["80.5", "101"], "csrf_token": one.token}
    )  # fmt: skip
    assert wrong.status_code == 422
    assert 'value="80.5"' in wrong.text
    assert f'id="f-points-{first}-2-fault"' in wrong.text
    for reviewer in (one, other):
        reviewer.get(place)
        for entry, points in ((first, "90"), (second, "80")):
            data = {"points": [points, points], "csrf_token": reviewer.token}
            assert reviewer.client.post(f"{place}/entries/{entry}/scores", data=data).status_code == 303
    keeper.get(place)
    assert keeper.post(f"{place}/proposals", version=str(call.version)).status_code == 303
    shown = keeper.get(place).text
    assert "得分90.00，全额安排300,000.00元。" in shown
    assert "得分80.00，按最低金额安排120,000.00元（申请300,000.00元）。" in shown
    assert "总额再增加100,000.00元" in shown
    assert "得分90.00" not in asker.get(place).text  # not before it is decided
    head = visit("fin_head")
    head.get(place)
    fields = {"version": str(call.version), "proposal": "1", f"amount.{first}": "0", f"amount.{second}": "1.234",
              f"reason.{first}": "", f"reason.{second}": "试"}  # fmt: skip
    refused = send(head, f"{place}/decision", fields)
    assert refused.status_code == 422
    assert 'value="1.234"' in refused.text
    without = send(head, f"{place}/decision", {**fields, f"amount.{second}": "120000"})
    assert 'id="f-decisions[1].reason-fault"' in without.text
    done = send(head, f"{place}/decision", {**fields, f"amount.{second}": "120000", f"reason.{first}": "重复<i>建设"})
    assert done.status_code == 303
    open_page = visit("ene_head").get(place).text
    assert "重复&lt;i&gt;建设" in open_page
    assert "得分90.00" in open_page
    english = head.get(f"{place}?lang=en")
    assert english.status_code == 200


def test_a_confidential_request_is_shown_without_its_title(
    money: Treasury, visit: Callable[[str], Visit], city: City
) -> None:
    """Others see the department and the amount; the title only who may read the item."""
    call = Calling.draft(money).open()
    project = city.project("密级项目", confidential=True)
    item_id = money.draft(project, 30 * WAN, by="tra_head", title="机密申请")
    call.enter(item_id, by="tra_head")
    place = f"/fund-calls/{call.call_id}"
    assert "机密申请" in visit("tra_head").get(place).text
    for login in ("pol_head", "tra_staff", "wea_head"):  # another department, the own staff, a reviewer
        shown = visit(login).get(place).text
        assert "机密申请" not in shown
        assert "300,000.00" in shown
    assert visit("admin").get(place).status_code == 403
    assert visit("fin1").get("/fund-calls/999999").status_code == 404
