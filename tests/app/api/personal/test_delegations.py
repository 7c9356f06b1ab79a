"""Delegations over the API: the same as on the pages; both names in inbox, history and log."""

from datetime import timedelta
from typing import Any

import pytest

from tests.city import NOW, City
from tests.client import Caller
from tests.delegating import lend

FROM, TO = "2026-03-02T00:00:00+08:00", "2026-03-21T00:00:00+08:00"


def _post(caller: Caller, login: str, path: str, body: Any = None) -> Any:  # noqa: ANN401  # JSON
    headers = {"Authorization": f"Bearer {caller.token(login)}"}
    return caller.client.post(f"/api/v1{path}", json=body, headers=headers)


def _asked(city: City, substitute: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"substitute": city.people[substitute], "from_at": FROM, "to_at": TO, "reason": "年休假", **more}


def test_a_delegation_from_offer_to_end(caller: Caller, city: City) -> None:
    """PEERS 21, 22: offered, accepted by the substitute, used with both names on record, ended early."""
    task = city.task()
    city.do("office1", task, "assign")
    waiting = _post(caller, "tra_head", "/delegations/preview", {})
    assert (waiting.status_code, waiting.json) == (200, {"waiting": 1, "is_more": False})
    assert _post(caller, "tra_head", "/delegations/preview", {"kinds": ["project"]}).json["waiting"] == 0
    made = _post(caller, "tra_head", "/delegations", _asked(city, "ene_head", kinds=["task"],
                                                            posts=[city.posts["tra_head"]]))  # fmt: skip
    assert made.status_code == 201
    one = f"/delegations/{made.json['id']}"
    assert made.json["stage"] == "offered"
    assert made.json["posts"][0]["label"] == {"zh": "交通局 · head", "en": "交通局, Head"}
    again = _post(caller, "tra_head", "/delegations", _asked(city, "ene_head", kinds=["task"],
                                                             posts=[city.posts["tra_head"]]))  # fmt: skip
    assert again.json["id"] == made.json["id"]
    assert caller.get("ene_head", "/inbox").json["items"] == []
    assert _post(caller, "tra_head", f"{one}/accept").status_code == 403
    assert _post(caller, "pol_head", f"{one}/accept").status_code == 404
    assert _post(caller, "ene_head", f"{one}/accept").json["stage"] == "running"
    row = caller.get("ene_head", "/inbox").json["items"][0]
    assert (row["id"], row["for_person_id"], row["for_person_name"]) == (task, city.people["tra_head"], "测试tra_head")
    me = caller.get("ene_head", "/me").json["posts"]
    assert [(post["for_person_id"], post["kinds"]) for post in me] == [
        (None, None),
        (city.people["tra_head"], ["task"]),
    ]
    offer = caller.get("ene_head", f"/items/{task}/actions").json["items"][0]
    assert offer["posts"][0]["for_person_id"] == city.people["tra_head"]
    city.do("ene_head", task, "receive")
    steps = caller.get("tra_staff", f"/items/{task}/history").json["items"]
    assert (steps[0]["actor_name"], steps[0]["on_behalf_of_name"]) == ("测试ene_head", "测试tra_head")
    log = caller.get("auditor", f"/audit?item={task}").json["items"]
    found = next(act for act in log if act["action"] == "receive")
    assert (found["on_behalf_of"], found["on_behalf_of_name"]) == (city.people["tra_head"], "测试tra_head")
    ended = _post(caller, "ene_head", f"{one}/end", {"note": "提前返岗"}).json
    assert (ended["stage"], ended["note"], ended["ended_by_name"]) == ("ended", "提前返岗", "测试ene_head")
    assert caller.get("ene_head", "/inbox").json["items"] == []


def test_lists_are_of_both_sides_and_for_the_office_of_the_city(caller: Caller, city: City) -> None:
    """Others see nothing of it: 404 for one, 403 for the city's list; page by page."""
    first = lend(city, "tra_head", "ene_head")
    second = lend(city, "ene_head", "pol_head", from_at=NOW + timedelta(hours=1))
    third = lend(city, "ene_head", "pol_head", from_at=NOW + timedelta(days=40), to_at=NOW + timedelta(days=41))
    ids = [one["id"] for one in caller.get("ene_head", "/delegations").json["items"]]
    assert ids == [third, second, first]
    assert [one["id"] for one in caller.get("ene_head", "/delegations?side=received").json["items"]] == [first]
    page = caller.get("ene_head", "/delegations?side=given&limit=1").json
    rest = caller.get("ene_head", f"/delegations?side=given&limit=1&cursor={page['next_cursor']}").json
    assert [one["id"] for one in page["items"] + rest["items"]] == [third, second]
    assert rest["next_cursor"] is None
    city_page = caller.get("office1", "/delegations?side=city&limit=2").json
    city_rest = caller.get("office1", f"/delegations?side=city&limit=2&cursor={city_page['next_cursor']}").json
    assert [one["id"] for one in city_page["items"] + city_rest["items"]] == [second, first, third]
    assert caller.get("tra_head", "/delegations?side=city").status_code == 403
    assert caller.get("tra_head", f"/delegations/{second}").status_code == 404
    assert caller.get("leader", f"/delegations/{second}").json["stage"] == "accepted"
    assert caller.get("office1", "/delegations?side=city&cursor=x").status_code == 422
    broken = "WyJkZWxlZ2F0aW9uLWNpdHkiLCJ4IiwxXQ"
    assert caller.get("office1", f"/delegations?side=city&cursor={broken}").status_code == 422


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"from_at": "2026-03-02"}, {"from_at"}), ({"to_at": FROM}, {"to_at"}), ({"reason": ""}, {"reason"}),
        ({"kinds": []}, {"kinds"}), ({"kinds": ["dragon"]}, {"kinds"}), ({"posts": ["x"]}, {"posts"}),
        ({"amount_max": "-1"}, {"amount_max"}), ({"substitute": True}, {"substitute"}),
        ({"substitute": 10**15}, {"substitute_id"}),
    ],
)  # fmt: skip
def test_bad_input_is_told_by_field(caller: Caller, city: City, change: dict[str, Any], fields: set[str]) -> None:
    """STYLE: every fault with its field, nothing written."""
    answer = _post(caller, "tra_head", "/delegations", _asked(city, "ene_head") | change)
    assert (answer.status_code, {fault["field"] for fault in answer.json["faults"]}) == (422, fields)
    assert caller.get("tra_head", "/delegations").json["items"] == []


def test_the_office_makes_one_for_somebody_who_cannot(caller: Caller, city: City) -> None:
    """Marked so; anybody else is refused, and nobody previews another's work."""
    asked = _asked(city, "tra_staff", principal=city.people["tra_head"])
    assert _post(caller, "ene_head", "/delegations", asked).status_code == 403
    assert _post(caller, "ene_head", "/delegations/preview", {"principal": city.people["tra_head"]}).status_code == 403
    assert _post(caller, "office1", "/delegations/preview", {"principal": 999}).status_code == 404
    assert _post(caller, "office1", "/delegations/preview", {"principal": city.people["tra_head"]}).status_code == 200
    made = _post(caller, "office1", "/delegations", asked).json
    assert (made["is_by_office"], made["made_by_name"], made["principal_name"]) == (True, "测试office1", "测试tra_head")
    assert _post(caller, "tra_staff", f"/delegations/{made['id']}/decline", {}).json["stage"] == "declined"
    clash = _post(caller, "tra_head", "/delegations", _asked(city, "tra_staff"))
    assert clash.status_code == 201
    second = _post(caller, "tra_head", "/delegations", _asked(city, "ene_head"))
    assert (second.status_code, second.json["code"]) == (409, "delegation_overlaps")
