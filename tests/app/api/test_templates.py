"""Templates, projects made from them, and links over HTTP."""

from typing import Any

from tests.app.services.template.orders import DEPARTMENTS, count
from tests.client import Caller


def find_id(caller: Caller, key: str = "smart-traffic") -> int:
    rows = caller.get("office1", "/templates").json["items"]
    return int(next(row["id"] for row in rows if row["key"] == key))


def body(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  # fields of an order
    values: dict[str, Any] = {"title": "城区智慧交通", "departments": DEPARTMENTS, "start_on": "2026-03-02"}
    return values | changes


def test_templates_are_listed_and_shown(caller: Caller) -> None:
    """Issue 3.10: everybody who is logged in reads them; an unknown one is a 404."""
    rows = caller.get("wea_staff", "/templates").json["items"]
    assert len(rows) == 12
    shown = caller.get("wea_staff", f"/templates/{find_id(caller)}").json
    assert shown["label"] == {"zh": "智慧交通", "en": "Smart traffic"}
    assert shown["body"]["task"][0]["key"] == "collect-needs"
    assert caller.get("office1", "/templates/999").status_code == 404


def test_a_project_is_previewed_and_made_once(caller: Caller) -> None:
    """The plan writes nothing; making is idempotent under its key; refusals name the role."""
    template = find_id(caller)
    plan = caller.post("office1", f"/templates/{template}/plan", body())
    assert plan.status_code == 200
    assert plan.json["tasks"][0]["due"] == {"on": "2026-03-23", "workdays": 15, "is_provisional": False}
    assert count(caller.city, "items") == 0
    first = caller.post("office1", "/projects", body(template="smart-traffic"), Idempotency_Key="k")
    again = caller.post("office1", "/projects", body(template="smart-traffic"), Idempotency_Key="k")
    assert (first.status_code, again.status_code, again.headers["Idempotency-Replayed"]) == (201, 201, "true")
    assert first.json == again.json
    assert first.headers["Location"] == f"/api/v1/items/{first.json['id']}"
    assert caller.get("office1", f"/items/{first.json['id']}").json["details"]["template"] == "smart-traffic@1"
    lacking = caller.post("office1", "/projects", body(template=template, departments={"transport": "TRA"}))
    assert lacking.status_code == 422
    assert "departments.police" in [fault["field"] for fault in lacking.json["faults"]]
    assert caller.post("tra_staff", "/projects", body(template=template)).status_code == 403
    assert caller.post("office1", "/projects", body(template="nothing")).status_code == 422
    faulty: list[dict[str, Any]] = [
        {"departments": []}, {"departments": {"police": [1]}}, {"start_on": "soon"}, {"skip": "x"},
    ]  # fmt: skip
    for wrong in faulty:
        assert caller.post("office1", f"/templates/{template}/plan", body(**wrong)).status_code == 422


def test_a_template_is_added_as_toml_as_body_and_from_a_project(caller: Caller) -> None:
    """201 for a new version, 200 for the same again; every fault with its line; only office and administrators."""
    shown = caller.get("office1", f"/templates/{find_id(caller)}").json
    changed = shown["toml"].replace('zh = "智慧交通"', 'zh = "本市智慧交通"')
    added = caller.post("office1", "/templates", {"toml": changed})
    assert (added.status_code, added.json["version"], added.json["source"]) == (201, 2, "made")
    assert caller.post("admin", "/templates", {"body": added.json["body"]}).status_code == 200
    assert caller.post("tra_head", "/templates", {"toml": changed}).status_code == 403
    wrong = caller.post("office1", "/templates", {"toml": changed.replace("format = 1", "format = 9")})
    assert (wrong.status_code, wrong.json["code"]) == (422, "template_invalid")
    assert wrong.json["faults"][0]["field"] == "toml:1 format"
    assert caller.post("office1", "/templates", {}).status_code == 422
    assert caller.post("office1", "/templates", {"project": 1}).status_code == 422
    made = caller.post("office1", "/projects", body(template="smart-traffic")).json["id"]
    label = {"zh": "本市模板", "en": "Ours"}
    taken = caller.post("office1", "/templates", {"project": made, "key": "ours", "label": label})
    assert (taken.status_code, taken.json["made_from_item_id"], taken.json["label"]) == (201, made, label)
    assert caller.post("admin", "/templates", {"project": made, "key": "ours", "label": label}).status_code == 404


def test_links_are_laid_walked_and_taken_away(caller: Caller) -> None:
    """P105, P106 over the API: 201, again 200, a loop 409 with its chain, all or none; away is away."""
    a, b, c = (caller.city.task(title) for title in ("甲", "乙", "丙"))
    path = f"/items/{a}/links"
    laid = caller.post("office1", path, {"links": [{"to": b}]})
    assert (laid.status_code, caller.post("office1", path, {"links": [{"to": b}]}).status_code) == (201, 200)
    assert laid.json["direct"][0]["item"]["id"] == b
    caller.post("office1", f"/items/{b}/links", {"links": [{"to": c, "kind": "blocks"}]})
    assert [(one["steps"], one["item"]["id"]) for one in caller.get("office1", path).json["after"]] == [(1, b), (2, c)]
    loop = caller.post("office1", path, {"links": [{"to": c}, {"from": c}]})
    assert (loop.status_code, loop.json["code"]) == (409, "loop")
    assert "丙 → 甲" in loop.json["detail"]
    lists: list[Any] = [[], [{}], [{"to": b, "from": c}], [{"to": "x"}]]
    for wrong in lists:
        assert caller.post("office1", path, {"links": wrong}).status_code == 422
    assert caller.post("office1", path, {}).status_code == 422
    client, headers = caller.client, {"Authorization": f"Bearer {caller.token('office1')}"}
    assert client.delete(f"/api/v1{path}?to={b}", headers=headers).status_code == 200
    assert client.delete(f"/api/v1{path}?to={b}", headers=headers).status_code == 404
    assert client.delete(f"/api/v1{path}", headers=headers).status_code == 422
    assert caller.get("office1", path).json["direct"] == []
    assert caller.get("wea_head", path).status_code == 404
