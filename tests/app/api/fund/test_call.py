"""/fund-calls: the whole way of a call by API, its refusals, and who sees which scores when."""

from typing import Any

import pytest

from tests.app.services.fund_call.calling import Calling
from tests.city import City
from tests.client import Caller
from tests.money import WAN, Treasury


@pytest.fixture
def money(city: City) -> Treasury:
    """Give a fund of a million yuan."""
    return Treasury.found(city)


def body_of(money: Treasury, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a call as a keeper sends it."""
    people = money.city.people
    return {
        "fund": money.fund_id, "year": 2026, "title": "2026年申报", "text": "请申报", "opens_on": "2026-03-02",
        "closes_on": "2026-03-10", "cap": "500000.00",
        "criteria": [{"name": "必要性", "weight": 40}, {"name": "绩效", "weight": 60}],
        "reviewers": [people["wea_head"], people["wea_staff"]],
        "limits": [{"department": "交通局", "ceiling": "450000"}], **more,
    }  # fmt: skip


def fields_of(answer: Any) -> list[str]:  # noqa: ANN401  # an answer
    """Return the fields that a refusal names."""
    assert answer.status_code == 422, answer.json
    return [one["field"] for one in answer.json["faults"]]


def test_a_call_by_api_from_the_draft_to_the_decision(caller: Caller, money: Treasury) -> None:
    """Every step with its version; repeated under one key it is done once."""
    made = caller.post("fin1", "/fund-calls", body_of(money), Idempotency_Key="one")
    assert made.status_code == 201, made.json
    assert caller.post("fin1", "/fund-calls", body_of(money), Idempotency_Key="one").json == made.json
    place = f"/fund-calls/{made.json['id']}"
    assert caller.post("fin1", f"{place}/open").status_code == 428
    assert caller.post("fin1", f"{place}/open", If_Match='"9"').status_code == 412
    assert caller.post("tra_head", f"{place}/open", If_Match='"1"').status_code == 403
    assert caller.post("fin1", f"{place}/open", If_Match='"1"').json["state"] == "open"
    project = money.project()
    for number in (1, 2):
        item_id = money.draft(project, 30 * WAN, minimum_fen=12 * WAN, title=f"申请{number}")
        assert caller.post("tra_staff", f"{place}/entries", {"item": item_id}).status_code == 201
    caller.pass_days(9)
    caller.renew_tokens()
    assert caller.post("fin1", f"{place}/score", If_Match='"2"').status_code == 200
    for entry, points in ((1, [90, 90]), (2, [80, 80])):
        given = caller.post("wea_head", f"{place}/entries/{entry}/scores", {"points": points})
        assert given.status_code == 201, given.json
    assert caller.post("wea_head", f"{place}/entries/1/scores", {"points": [1, 1]}).status_code == 409
    early = caller.post("fin1", f"{place}/proposals", {}, If_Match='"3"')
    assert (early.status_code, early.json["code"]) == (409, "scores_missing")
    made = caller.post("fin1", f"{place}/proposals", {"with_missing": True}, If_Match='"3"', Idempotency_Key="p")
    assert made.status_code == 201, made.json
    again = caller.post("fin1", f"{place}/proposals", {"with_missing": True}, If_Match='"3"', Idempotency_Key="p")
    assert (again.json, again.headers["Idempotency-Replayed"]) == (made.json, "true")
    proposal = caller.get("fin_head", f"{place}/proposals/{made.json['id']}").json
    # Within the bureau's ceiling of 450,000 one in full and one at its minimum.
    assert [line["amount"] for line in proposal["lines"]] == ["300000.00", "120000.00"]
    assert proposal["lines"][1]["levers"] == []  # more of the cap alone does not do, nor of the ceiling
    assert proposal["lines"][0]["reasons"][0]["en"] == "Score 90.00: funded in full with 300,000.00."
    assert caller.get("tra_staff", f"{place}/proposals/{made.json['id']}").status_code == 404
    decision: dict[str, Any] = {"proposal": made.json["id"], "decisions": [{"entry": 2, "amount": "0"}]}
    assert caller.post("fin1", f"{place}/decision", decision, If_Match='"4"').status_code == 403
    assert fields_of(caller.post("fin_head", f"{place}/decision", decision, If_Match='"4"')) == ["decisions[1].reason"]
    decision["decisions"][0]["reason"] = "与在建项目重复"
    assert caller.post("fin_head", f"{place}/decision", decision, If_Match='"4"').json["state"] == "decided"
    shown = caller.get("ene_head", place).json
    assert shown["decided"] == "300000.00"
    assert [(one["decided"], one["reason"]) for one in shown["requests"]] == [
        ("300000.00", None), ("0.00", "与在建项目重复"),
    ]  # fmt: skip
    assert caller.get("tra_staff", f"{place}/proposals").json["items"][0]["id"] == made.json["id"]
    assert caller.get("ene_head", f"/fund-calls?fund={money.fund_id}").json["items"][0]["entries"] == 2


def test_what_is_wrong_is_told_field_by_field(caller: Caller, money: Treasury) -> None:
    """Fractions of a fen, weights that are none, that do not add up, negative points, an unknown department."""
    wrong = body_of(money, cap="1.234", criteria=[{"name": "甲", "weight": -1}, {"name": "", "weight": 1.5}])
    assert fields_of(caller.post("fin1", "/fund-calls", wrong)) == [
        "cap", "criteria[1].weight", "criteria[2].name", "criteria[2].weight",
    ]  # fmt: skip
    sums = body_of(money, criteria=[{"name": "甲", "weight": 99}])
    assert fields_of(caller.post("fin1", "/fund-calls", sums)) == ["criteria"]
    for cap in ("0", "-5", "1e3", "100000000000000000", True):
        assert fields_of(caller.post("fin1", "/fund-calls", body_of(money, cap=cap))) == ["cap"]
    nowhere = body_of(money, limits=[{"department": "无此局", "floor": "1"}])
    assert fields_of(caller.post("fin1", "/fund-calls", nowhere)) == ["limits[1].department"]
    assert caller.post("fin1", "/fund-calls", body_of(money, fund=999_999)).status_code == 404
    assert caller.post("tra_head", "/fund-calls", body_of(money)).status_code == 403
    call = Calling.draft(money).open()
    place = f"/fund-calls/{call.call_id}"
    call.enter(money.draft(money.project(), WAN))
    for points in ([-1, 5], [101, 5], [80.5, 5], ["80", 5]):
        answer = caller.post("wea_head", f"{place}/entries/{call.entries[0]}/scores", {"points": points})
        assert fields_of(answer) == ["points"], points
    late = {"item": money.draft(money.project(), WAN)}
    caller.pass_days(9)
    caller.renew_tokens()
    assert caller.post("tra_staff", f"{place}/entries", late).json["code"] == "call_closed"


def test_scores_of_others_stay_hidden_until_all_are_in(caller: Caller, money: Treasury) -> None:
    """A reviewer sees their own; keepers, leaders and auditors see all; who only asks sees none."""
    call = Calling.draft(money).open()
    entry_id = call.enter(money.draft(money.project(), 10 * WAN))
    call.start()
    caller.pass_days(9)
    caller.renew_tokens()
    place = f"/fund-calls/{call.call_id}/scores"
    call.score(entry_id, (90, 90))
    seen = {login: len(caller.get(login, place).json["items"])
            for login in ("wea_head", "wea_staff", "fin1", "leader", "auditor", "tra_staff", "office1")}  # fmt: skip
    assert seen == {"wea_head": 1, "wea_staff": 0, "fin1": 1, "leader": 1, "auditor": 1, "tra_staff": 0, "office1": 0}
    assert caller.get("wea_staff", f"/fund-calls/{call.call_id}").json["requests"][0]["average"] is None
    call.score(entry_id, (80, 80), by="wea_staff")
    both = caller.get("wea_staff", place).json
    assert both["sees_all"]
    assert [one["score"] for one in both["items"]] == ["90.00", "80.00"]
    assert caller.get("fin1", f"/fund-calls/{call.call_id}").json["requests"][0]["average"] == "85.00"
    assert caller.get("admin", place).status_code == 403


def test_a_confidential_request_has_no_title_for_others(caller: Caller, money: Treasury, city: City) -> None:
    """Neither title, purpose nor item; its department and amount are known."""
    call = Calling.draft(money).open()
    project = city.project("密级项目", confidential=True)
    call.enter(money.draft(project, 30 * WAN, by="tra_head", title="机密申请"), by="tra_head")
    place = f"/fund-calls/{call.call_id}"
    assert caller.get("tra_head", place).json["requests"][0]["title"] == "机密申请"
    for login in ("pol_head", "tra_staff", "wea_head"):
        shown = caller.get(login, place).json["requests"][0]
        assert (shown["title"], shown["item_id"], shown["purpose"]) == (None, None, None)
        assert shown["requested"] == "300000.00"
    gone = caller.post("tra_head", f"{place}/entries/{call.entries[0]}/withdraw")
    assert gone.status_code == 200
    assert caller.post("pol_head", f"{place}/entries/{call.entries[0]}/withdraw").status_code == 404


def test_a_draft_is_corrected_and_a_call_cancelled(caller: Caller, money: Treasury) -> None:
    """PUT while it is drafted only; cancelling frees its requests and needs a reason."""
    call = Calling.draft(money)
    place = f"/fund-calls/{call.call_id}"
    body = {key: value for key, value in body_of(money, title="更正").items() if key != "fund"}
    client, headers = caller.client, {"Authorization": f"Bearer {caller.token('fin1')}"}
    assert client.put(f"/api/v1{place}", json=body, headers={**headers, "If-Match": '"1"'}).status_code == 200
    call.open()
    answer = client.put(f"/api/v1{place}", json=body, headers={**headers, "If-Match": '"3"'})
    assert answer.json is not None
    assert answer.json["code"] == "wrong_call_state"
    item_id = money.draft(money.project(), WAN)
    call.enter(item_id)
    assert fields_of(caller.post("fin1", f"{place}/cancel", {"reason": ""}, If_Match='"3"')) == ["reason"]
    assert caller.post("fin1", f"{place}/cancel", {"reason": "另行安排"}, If_Match='"3"').status_code == 200
    again = Calling.draft(money).open()
    assert again.enter(item_id)
