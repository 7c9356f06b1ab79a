"""Groups by the API: founded, amended, changed, ruled; amounts in yuan; what may not be read looks missing."""

from typing import Any

import pytest

from app.schemas.meeting.group import LINES_MAX
from app.services.meeting.group.changing import LINES_MAX as SERVICE_LINES_MAX
from tests.city import City
from tests.client import Caller
from tests.meeting import Bench


def body_of(city: City, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a group to be founded."""
    seats: list[dict[str, Any]] = [
        {"role": "leader", "post": city.posts["leader"]},
        {"role": "member", "post": city.posts["tra_head"]},
        {"role": "member", "post": city.posts["ene_head"], "rank": 2},
    ]
    return {"title": "数字城市领导小组", "office": "协调办公室", "term_from_on": "2026-01-01", "seats": seats} | more


def put(caller: Caller, login: str, path: str, body: Any, version: int) -> Any:  # noqa: ANN401
    """PUT a body on a version."""
    headers = {"Authorization": f"Bearer {caller.token(login)}", "If-Match": f'"{version}"'}
    return caller.client.put(f"/api/v1{path}", json=body, headers=headers)


def test_a_group_is_founded_amended_established_and_read(caller: Caller) -> None:
    """Everything that a page can do: draft with rules in yuan, amend on a version, establish, read whole."""
    city = caller.city
    made = caller.post("office1", "/groups", body_of(city, rules={"deputies_approve_up_to": "1000000.50"}))
    assert made.status_code == 201, made.json
    group_id = made.json["id"]
    assert made.headers["Location"] == f"/api/v1/groups/{group_id}"
    shown = caller.get("office1", f"/groups/{group_id}")
    assert shown.json["rules"]["deputies_approve_up_to"] == "1000000.50"
    assert "deputies_fen" not in shown.text
    assert [one["role"] for one in shown.json["seats"]] == ["leader", "member", "member"]
    assert shown.json["seats"][0]["person"] == "测试leader"
    better = body_of(city, term_until_on="2026-02-01", duties="统筹")
    amended = put(caller, "office1", f"/groups/{group_id}", better, made.json["version"])
    assert amended.status_code == 200, amended.json
    assert put(caller, "office1", f"/groups/{group_id}", better, made.json["version"]).status_code == 412
    assert caller.act_on("leader", group_id, "establish").status_code == 200
    found = caller.get("tra_staff", "/groups").json["items"]
    assert [(one["title"], one["is_past_term"], one["seat_count"]) for one in found] == [("数字城市领导小组", True, 3)]
    # Of an item of this kind the general reading shows no fen either: the rules are read here.
    assert "procedure" not in caller.get("office1", f"/items/{group_id}").json["details"]


def test_members_and_rules_change_by_proposal(caller: Caller) -> None:
    """A change waits, shown line by line; rules in force stay until the leader adopts the others."""
    bench = Bench.found(caller.city)
    path = f"/groups/{bench.group_id}"
    seat = next(
        one for one in caller.get("office1", path).json["seats"] if one["post_id"] == caller.city.posts["pol_head"]
    )
    change = {"reason": "机构调整", "lines": [
        {"op": "replace", "seat": seat["id"], "post": caller.city.posts["wea_staff"]},
        {"op": "add", "role": "liaison", "post": caller.city.posts["office2"]},
    ]}  # fmt: skip
    version = caller.city.version(bench.group_id)
    done = caller.post("office1", f"{path}/changes", change, If_Match=f'"{version}"')
    assert (done.status_code, done.json["state"]) == (200, "adjusting")
    waiting = caller.get("leader", path).json["changes"][0]
    assert [(line["op"], line["role"]) for line in waiting["lines"]] == [
        ("end", "member"), ("add", "member"), ("add", "liaison")
    ]  # fmt: skip
    assert waiting["outcome"] is None
    assert caller.act_on("leader", bench.group_id, "approve_change").status_code == 200
    rules = {"reason": "明确权限", "rules": {"deputies_approve_up_to": 500000}}
    version = caller.city.version(bench.group_id)
    assert caller.post("office1", f"{path}/rules", rules, If_Match=f'"{version}"').status_code == 200
    shown = caller.get("leader", path).json
    assert shown["rules"]["deputies_approve_up_to"] is None
    assert shown["proposed_rules"]["deputies_approve_up_to"] == "500000.00"
    assert caller.act_on("leader", bench.group_id, "adopt_rules").status_code == 200
    assert caller.get("leader", path).json["rules"]["deputies_approve_up_to"] == "500000.00"


def test_every_fault_with_its_place_and_nothing_for_others(caller: Caller) -> None:
    """P2, P7: faults at once by field; who is not the office is refused; without a version 428; unread is missing."""
    bench = Bench.found(caller.city)
    wrong = caller.post("office1", "/groups", body_of(caller.city, rules={"deputies_fen": 5, "topics_max": 0}))
    assert wrong.status_code == 422
    assert [one["field"] for one in wrong.json["faults"]] == ["rules.deputies_fen"]
    wrong = caller.post("office1", "/groups", body_of(
        caller.city, office="没有的局", rules={"deputies_approve_up_to": "-1"}, term_until_on="2025-01-01"
    ))  # fmt: skip
    assert {one["field"] for one in wrong.json["faults"]} == {
        "office", "rules.deputies_approve_up_to", "term_until_on"
    }  # fmt: skip
    seats = [{"role": "king", "post": 1}, {"role": "leader", "post": 0}]
    wrong = caller.post("office1", "/groups", body_of(caller.city, seats=seats))
    assert {one["field"] for one in wrong.json["faults"]} == {"seats[1].role", "seats[2].post"}
    change = {"reason": "x", "lines": [{"op": "end", "seat": 1}]}
    path = f"/groups/{bench.group_id}"
    assert caller.post("office1", f"{path}/changes", change).status_code == 428
    assert caller.post("tra_head", f"{path}/changes", change, If_Match='"2"').status_code == 403
    assert caller.post("tra_head", "/groups", body_of(caller.city)).status_code == 403
    assert caller.get("wea_staff", "/groups/999999").status_code == 404
    task_id = caller.city.task()
    assert caller.get("office1", f"/groups/{task_id}").status_code == 404


def test_a_repeated_request_founds_one_group(caller: Caller) -> None:
    """P16: the same key and content again is answered with the first answer."""
    body = body_of(caller.city)
    first, again = (caller.post("office1", "/groups", body, Idempotency_Key="one-and-only") for _ in range(2))
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(caller.get("office1", "/groups").json["items"]) == 1


@pytest.mark.parametrize("limit", [1, 2])
def test_groups_page_by_page(caller: Caller, limit: int) -> None:
    """P5: every group once, leadership groups before working groups; a broken cursor is refused."""
    bench = Bench.found(caller.city)
    for number in range(3):
        body = body_of(caller.city, title=f"专班{number}", parent=bench.group_id)
        assert caller.post("office1", "/groups", body).status_code == 201
    found, cursor = [], ""
    while True:
        page = caller.get("office1", f"/groups?limit={limit}" + (f"&cursor={cursor}" if cursor else "")).json
        found += [one["title"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ["智慧城市建设领导小组", "专班0", "专班1", "专班2"]
    assert caller.get("office1", "/groups?cursor=broken").status_code == 422


def test_limits_agree() -> None:
    """The schema takes as many lines as the service."""
    assert LINES_MAX == SERVICE_LINES_MAX
