"""/rules: read by everybody, drafted, previewed and published by two people, open items moved one by one."""

from typing import Any

from tests.city import City
from tests.client import Caller
from tests.sweeping import assigned_task, running_task
from workflows.ruling.keys import RULE_KEYS

CHANGE = {"changes": {"task.receipt": "workdays(1)", "task.cosign.rule": "any"}, "reason": "提速"}


def make(caller: Caller, body: dict[str, Any] | None = None, by: str = "office1") -> Any:  # noqa: ANN401  # JSON
    """Draft a change and return it as it is shown."""
    answer = caller.post(by, "/rules/changes", body or CHANGE)
    assert answer.status_code == 201, answer.json
    return answer.json


def publish(caller: Caller, change: Any, by: str = "director") -> Any:  # noqa: ANN401  # JSON
    """Publish a draft, return the answer."""
    return caller.post(by, f"/rules/changes/{change['id']}/publish", {}, If_Match=f'"{change["version"]}"')


def test_everybody_reads_the_rules_that_bind_them(caller: Caller) -> None:
    """Time limits are public inside the administration: every rule with its value in words and what it may be."""
    shown = caller.get("wea_staff", "/rules").json
    assert (shown["id"], shown["is_in_force"], len(shown["rules"])) == (1, True, len(RULE_KEYS))
    rules = {one["key"]: one for one in shown["rules"]}
    assert rules["task.idle"]["text"] == {"zh": "20个工作日", "en": "20 working days"}
    assert rules["task.due.2.to"]["choices"][:2] == ["assignee", "lead_staff"]
    assert (rules["task.idle"]["choices"], rules["terms.red_sign"]["value"]) == (None, "督")
    assert caller.get("wea_staff", "/rules/versions").json["items"][0]["id"] == 1
    assert caller.get("wea_staff", "/rules/versions/1").json["rules"] == shown["rules"]
    assert caller.get("wea_staff", "/rules/versions/9").status_code == 404


def test_a_change_goes_from_draft_to_version(caller: Caller) -> None:
    """Drafted, looked at, published by a second person; the difference stands in words in both languages."""
    running = assigned_task(caller.city)
    change = make(caller)
    assert (change["status"], change["base_id"], change["rule_set_id"]) == ("draft", 1, None)
    assert [one["text"]["zh"] for one in change["differences"]] == [
        "任务·签收：时限，由“2个工作日”改为“1个工作日”。",
        "任务·会签：通过规则，由“须全部同意”改为“任何一人同意即可”。",
    ]
    preview = caller.get("director", f"/rules/changes/{change['id']}/preview").json
    assert preview["effect"] == {"items": 1, "moved": 1, "overdue": 0, "climbing": 0, "is_more": False}
    assert [(one["state"], one["department_name"], one["items"]) for one in preview["groups"]] == [
        ("assigned", "交通局", 1)
    ]
    clock = next(one for one in preview["items"][0]["clocks"] if one["cause"] == "receipt")
    assert (clock["old"]["base_on"], clock["new"]["base_on"], clock["is_moved"]) == ("2026-03-04", "2026-03-03", True)
    answer = publish(caller, change)
    assert (answer.status_code, answer.json["status"], answer.json["published_by_name"]) == (
        200, "published", "测试director",
    )  # fmt: skip
    version = answer.json["rule_set_id"]
    assert caller.get("wea_staff", "/rules").json["id"] == version
    # What runs keeps its version until the office moves it.
    listed = caller.get("office1", f"/rules/versions/{version}/items").json
    assert [(one["id"], one["rule_set_id"]) for one in listed["items"]] == [(running, 1)]


def test_open_items_are_moved_one_by_one(caller: Caller) -> None:
    """Each answers for itself: moved, moved already, not to be found; the list holds what is left."""
    city = caller.city
    first, second, hidden = assigned_task(city), running_task(city), city.task(confidential=True)
    version = publish(caller, make(caller)).json["rule_set_id"]
    path = f"/rules/versions/{version}/items"
    body = {"items": [first, hidden, first, 999], "reason": "按新规定"}
    answer = caller.post("office1", path, body)
    assert [(one["item_id"], one["status"], one["code"]) for one in answer.json["items"]] == [
        (first, 200, "done"), (hidden, 404, "not_found"), (999, 404, "not_found"),
    ]  # fmt: skip
    assert {one["cause"] for one in answer.json["items"][0]["clocks"]} == {"due", "receipt"}
    assert caller.post("office1", path, body).json["items"][0]["code"] == "rules_kept"
    assert [one["id"] for one in caller.get("office1", path).json["items"]] == [second]
    history = caller.get("office1", f"/items/{first}/history").json["items"][0]
    assert (history["action"], history["data"]["to_rules"]) == ("adopt", version)
    assert caller.post("tra_head", path, body).status_code == 403


def test_an_item_shows_the_limits_that_bind_it(caller: Caller) -> None:
    """An item's own regulation is that of its version; the kind's is that in force."""
    item_id = assigned_task(caller.city)
    publish(caller, make(caller))

    def find_limit(workflow: Any) -> str:  # noqa: ANN401  # JSON
        return str(next(one["limit"] for one in workflow["clocks"] if one["cause"] == "receipt"))

    assert find_limit(caller.get("tra_head", f"/items/{item_id}/workflow").json["workflow"]) == "workdays(2)"
    assert find_limit(caller.get("tra_head", "/workflows/task").json) == "workdays(1)"


def test_every_fault_is_listed(caller: Caller) -> None:
    """A problem document with each wrong value at its key, and nothing stored."""
    body = {"changes": {"task.idle": "x", "task.due.1.to": "nobody"}, "reason": ""}
    answer = caller.post("office1", "/rules/changes", body)
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json["faults"]} == {
        "changes.task.idle", "changes.task.due.1.to", "reason",
    }  # fmt: skip
    assert caller.get("office1", "/rules/changes").json["items"] == []


def test_versions_guard_what_is_saved_and_published(caller: Caller) -> None:
    """No If-Match 428, an old one 412 with the present version, own draft 403, the rules changed 409, ended 409."""
    change, other = make(caller), make(caller, {"changes": {"task.idle": "workdays(9)"}, "reason": "二"})
    path = f"/rules/changes/{change['id']}"
    assert caller.client.put(f"/api/v1{path}", json=CHANGE, headers=headers(caller, "office1")).status_code == 428
    again = {**CHANGE, "reason": "再议"}
    given = {**headers(caller, "office2"), "If-Match": '"1"'}
    saved: Any = caller.client.put(f"/api/v1{path}", json=again, headers=given)
    assert (saved.status_code, saved.json["version"], saved.headers["ETag"][:2]) == (200, 2, '"2')
    stale = publish(caller, change)
    assert (stale.status_code, stale.json["current_version"]) == (412, 2)
    assert publish(caller, saved.json, by="office2").status_code == 403
    assert publish(caller, saved.json).status_code == 200
    assert (publish(caller, saved.json).status_code, publish(caller, saved.json).json["code"]) == (409, "change_ended")
    assert publish(caller, other).json["code"] == "rules_changed"
    ended = caller.post("office1", f"/rules/changes/{other['id']}/withdraw", {"note": "作废"}, If_Match='"1"').json
    assert (ended["status"], ended["note"]) == ("withdrawn", "作废")
    assert [one["id"] for one in caller.get("leader", "/rules/changes?status=ended").json["items"]] == [
        other["id"], change["id"],
    ]  # fmt: skip
    own = make(caller, {"changes": {"task.idle": "workdays(8)"}, "reason": "三"}, by="director")
    assert publish(caller, own).json["code"] == "own_change"


def headers(caller: Caller, login: str) -> dict[str, str]:
    """Return the headers by which somebody calls."""
    return {"Authorization": f"Bearer {caller.token(login)}"}


def test_reading_the_rules_costs_what_it_did(caller: Caller, city: City) -> None:
    """Pages follow one another; a cursor of another list is refused."""
    for days in (15, 14, 13):
        assert publish(caller, make(caller, {"changes": {"task.idle": f"workdays({days})"}, "reason": "x"})).json
    page = caller.get("pol_head", "/rules/versions?limit=3").json
    assert [one["id"] for one in page["items"]] == [4, 3, 2]
    assert page["items"][2]["differences"][0]["old"] == "workdays(20)"
    rest = caller.get("pol_head", f"/rules/versions?limit=3&cursor={page['next_cursor']}").json
    assert ([one["id"] for one in rest["items"]], rest["next_cursor"]) == ([1], None)
    assert caller.get("pol_head", "/rules/versions?cursor=x").status_code == 422
    assert city.departments
