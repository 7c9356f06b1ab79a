"""/departments, /users, /posts: who reads what, who writes, versions, keys, previews and what changed since."""

from typing import Any

import pytest
from sqlalchemy import event, func, select

from app.models.organisation import Department, Person
from app.models.record import Audit
from tests.client import Caller

BASIC = {"department": "TRA", "role": "member"}


def _id(caller: Caller, code: str) -> int:
    return caller.city.departments[code]


def _charge(caller: Caller) -> int:
    city = caller.city
    task = city.task()
    city.do("office1", task, "assign")
    city.do("tra_head", task, "receive")
    city.do("tra_head", task, "appoint", {"person": city.people["tra_staff"]})
    return task


def _etag(caller: Caller, code: str) -> str:
    return str(caller.get("admin", f"/departments/{_id(caller, code)}").headers["ETag"])


def test_everybody_reads_names_and_codes_page_by_page(caller: Caller) -> None:
    """Keyset pages by pinyin, none twice, none left out; former names are found and shown."""
    version = _etag(caller, "TRA")
    caller.post("admin", f"/departments/{_id(caller, 'TRA')}/rename", {"name": "交通运输局"}, If_Match=version)
    seen: list[str] = []
    cursor = ""
    while True:
        page = caller.get("pol_head", f"/departments?limit=2{cursor}").json
        seen += [one["code"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert sorted(seen) == ["ENE", "OFF", "POL", "TRA", "WEA"]
    found = caller.get("pol_head", "/departments?q=交通局").json["items"]
    assert [(one["code"], [name["name"] for name in one["names"]]) for one in found] == [
        ("TRA", ["交通运输局", "交通局"])
    ]
    assert [one["code"] for one in caller.get("pol_head", "/departments?q=wea").json["items"]] == ["WEA"]


def test_log_ins_addresses_and_open_work_are_for_keepers(caller: Caller) -> None:
    """P63's kin: a department's head sees names and posts of others, their own log-in, no open work."""
    caller.post("admin", "/users", {"login": "zhao", "name": "赵一", "email": "zhao@example.org", **BASIC})
    shown = {one["name"]: one for one in caller.get("pol_head", "/users?limit=200").json["items"]}
    assert (shown["赵一"]["login"], shown["赵一"]["email"]) == (None, None)
    assert shown["测试pol_head"]["login"] == "pol_head"
    assert shown["赵一"]["posts"][0]["department"] == "交通局"
    for login in ("admin", "office1"):
        found = caller.get(login, "/users?q=赵").json["items"]
        assert [(one["login"], one["email"]) for one in found] == [("zhao", "zhao@example.org")]
    path = f"/departments/{_id(caller, 'TRA')}"
    assert caller.get("pol_head", path).json["open_work"] is None
    assert caller.get("office1", path).json["open_work"] == {"lead": 0, "support": 0, "signature": 0}
    assert {one["name"] for one in caller.get("pol_head", "/users?department=ENE").json["items"]} == {
        "测试ene_head", "测试ene_staff",
    }  # fmt: skip


def test_only_administrators_write_and_each_attempt_is_audited(caller: Caller) -> None:
    """403 for everybody else, on every write; previews are for the office too, not for departments."""
    traffic, person, post = _id(caller, "TRA"), caller.city.people["tra_staff"], caller.city.posts["tra_staff"]
    writes: list[tuple[str, dict[str, Any]]] = [
        ("/departments", {"code": "X", "name": "新"}), (f"/departments/{traffic}/rename", {"name": "新"}),
        (f"/departments/{traffic}/merge", {"into": "ENE"}), (f"/departments/{traffic}/close", {}),
        ("/users", {"login": "x", "name": "x", **BASIC}), (f"/users/{person}/deactivate", {}),
        (f"/users/{person}/handover", {"basis": ";"}), ("/posts", BASIC), (f"/posts/{post}/fill", {"person": person}),
        (f"/posts/{post}/vacate", {"person": person}),
    ]  # fmt: skip
    for path, body in writes:
        for login in ("office1", "tra_head"):
            assert caller.post(login, path, body).status_code == 403, path
    for path in (f"/departments/{traffic}/merge/plan?into=ENE", f"/users/{person}/handover/plan"):
        assert [caller.get(login, path).status_code for login in ("tra_head", "office1", "admin")] == [403, 200, 200]
    with caller.city.database.reading() as session:
        refused = session.execute(select(func.count()).where(Audit.outcome == "refused")).scalar_one()
    assert refused == 2 * len(writes) + 2


def test_a_repeated_request_is_done_once(caller: Caller) -> None:
    """Idempotency-Key: the same answer again; other content under it is refused, also on another address."""
    body = {"code": "NEW", "name": "新局", "name_en": "New Bureau", "parent": "TRA"}
    first = caller.post("admin", "/departments", body, Idempotency_Key="k1")
    again = caller.post("admin", "/departments", body, Idempotency_Key="k1")
    assert (first.status_code, again.status_code, first.json) == (201, 201, again.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert caller.post("admin", "/departments", {**body, "name": "别局"}, Idempotency_Key="k1").status_code == 422
    assert (
        caller.post("admin", "/posts", {"department": "NEW", "role": "head"}, Idempotency_Key="k1").status_code == 422
    )
    user = {"login": "qian", "name": "钱二", "password": "long enough 1", **BASIC}
    keyed = [caller.post("admin", "/users", user, Idempotency_Key="k2") for _ in range(2)]
    assert [one.status_code for one in keyed] == [201, 201]
    given = caller.post(None, "/tokens", {"login": "qian", "password": "long enough 1"})
    assert (given.status_code, given.json["code"]) == (401, "password_change_needed")
    with caller.city.database.reading() as session:
        assert session.execute(select(func.count()).where(Person.login == "qian")).scalar_one() == 1
        assert session.execute(select(func.count()).where(Department.code == "NEW")).scalar_one() == 1


def test_a_write_to_a_department_names_its_version(caller: Caller) -> None:
    """428 without one, 412 on an old one, which comes with the present; the answer's ETag is the next."""
    path = f"/departments/{_id(caller, 'TRA')}"
    for action, body in (("rename", {"name": "交委"}), ("merge", {"into": "ENE"}), ("close", {})):
        assert caller.post("admin", f"{path}/{action}", body).status_code == 428
        stale = caller.post("admin", f"{path}/{action}", body, If_Match='"9"')
        assert (stale.status_code, stale.json["current_version"]) == (412, 1)
    done = caller.post("admin", f"{path}/rename", {"name": "交委", "on": "2026-02-01"}, If_Match='"1"')
    assert (done.status_code, done.headers["ETag"], done.json["names"][1]["to_on"]) == (200, '"2"', "2026-02-01")
    assert caller.post("admin", f"{path}/close", {}, If_Match='"2"').json["code"] == "department_in_use"


def test_a_merge_is_planned_then_done(caller: Caller) -> None:
    """The plan names what moves and the version; the merge answers with it; the closed one names its successor."""
    task = caller.city.task(lead="WEA")
    path = f"/departments/{_id(caller, 'WEA')}/merge"
    plan = caller.get("admin", f"{path}/plan?into=能源局")
    assert plan.headers["ETag"].startswith('"1-')
    assert [(one["item_id"], one["roles"]) for one in plan.json["items"]] == [(task, ["lead"])]
    assert plan.json["conflicts"][0].keys() == {"zh", "en"}
    done = caller.post("admin", path, {"into": "ENE"}, If_Match=plan.headers["ETag"])
    assert (done.status_code, done.json["items"]) == (200, plan.json["items"])
    listed = {one["code"]: one for one in caller.get("admin", "/departments?closed=true").json["items"]}
    assert listed["WEA"]["successor_id"] == _id(caller, "ENE")
    assert "WEA" not in [one["code"] for one in caller.get("admin", "/departments").json["items"]]
    vanished = caller.post("admin", "/posts", {"department": "WEA", "role": "member"})
    assert vanished.json["faults"][0]["zh"] == "“气象局”已于2026-03-02并入“能源局”，请改用“能源局”。"
    assert caller.get("admin", f"{path}/plan?into=TRA").status_code == 409
    loop = caller.get("admin", f"/departments/{_id(caller, 'ENE')}/merge/plan?into=ENE")
    assert (loop.status_code, loop.json["code"]) == (409, "loop")


def test_p08_deactivating_warns_before_saving_and_offers_a_hand_over(caller: Caller) -> None:
    """409 names what is open; after the hand-over, or with `release`, it is done; the token ends at once."""
    task, person = _charge(caller), caller.city.people["tra_staff"]
    assert caller.get("tra_staff", "/me").status_code == 200
    refused = caller.post("admin", f"/users/{person}/deactivate", {})
    assert (refused.status_code, refused.json["code"]) == (409, "still_in_charge")
    assert f"#{task}" in refused.json["detail"]
    plan = caller.get("admin", f"/users/{person}/handover/plan?to={caller.city.people['tra_staff2']}").json
    assert [(one["item_id"], one["proposed"]) for one in plan["charges"]] == [(task, "测试tra_staff2")]
    body = {"basis": plan["basis"], "to": caller.city.people["tra_staff2"], "deactivate": True}
    done = caller.post("admin", f"/users/{person}/handover", body, Idempotency_Key="h")
    assert done.json["items"] == [{"id": task, "to": caller.city.people["tra_staff2"]}]
    assert caller.post("admin", f"/users/{person}/handover", body, Idempotency_Key="h").json == done.json
    assert caller.get("tra_staff", "/me").status_code == 401
    assert caller.post("admin", f"/users/{person}/deactivate", {}).json["is_active"] is False
    assert person in [one["id"] for one in caller.get("admin", "/users?active=false").json["items"]]


def test_a_stale_preview_is_a_conflict(caller: Caller) -> None:
    """409 with what changed, nothing done; single choices by item and post; a day ahead is refused."""
    task, person = _charge(caller), caller.city.people["tra_staff"]
    path, heir = f"/users/{person}/handover", caller.city.people["tra_head"]
    plan = caller.get("admin", f"{path}/plan").json
    caller.city.do("tra_staff", task, "start")
    stale = caller.post("admin", path, {"basis": plan["basis"]})
    assert (stale.status_code, stale.json["code"], f"#{task}" in stale.json["detail"]) == (
        409, "changed_meanwhile", True,
    )  # fmt: skip
    fresh = caller.get("admin", f"{path}/plan").json
    taker = {"holding_id": fresh["posts"][0]["holding_id"], "to": caller.city.people["pol_head"]}
    body = {"basis": fresh["basis"], "items": [{"id": task, "to": heir}], "posts": [taker]}
    late = caller.post("admin", path, {**body, "on": "2026-03-03"})
    assert (late.status_code, late.json["faults"][0]["field"]) == (422, "on")
    done = caller.post("admin", path, body).json
    assert (done["items"], done["posts_taken"]) == ([{"id": task, "to": heir}], 1)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "basis"),
        ({"basis": 5}, "basis"),
        ({"basis": ";", "items": [{"id": "x"}]}, "items"),
        ({"basis": ";", "to": 0}, "to"),
        ({"basis": ";", "posts": 3}, "posts"),
        ({"basis": ";", "end_posts": "perhaps"}, "end_posts"),
        ({"basis": ";", "what": 1}, "what"),
    ],
)
def test_bad_input_names_its_field(caller: Caller, body: dict[str, Any], field: str) -> None:
    """422 with the place and what was expected in both languages."""
    found = caller.post("admin", f"/users/{caller.city.people['tra_staff']}/handover", body)
    assert (found.status_code, found.json["faults"][0]["field"]) == (422, field)
    assert all(found.json["faults"][0][lang] for lang in ("zh", "en"))


def test_posts_are_added_filled_and_vacated(caller: Caller) -> None:
    """A vacant post is listed as such; vacating warns like P08; who does not hold it is a conflict, not silence."""
    made = caller.post("admin", "/posts", {"department": "POL", "role": "member", "title": "指挥中心"})
    post, person = made.json["id"], caller.city.people["tra_staff"]
    assert (made.status_code, made.json["is_vacant"]) == (201, True)
    assert [one["id"] for one in caller.get("tra_head", "/posts?vacant=true").json["items"]] == [post]
    filled = caller.post("admin", f"/posts/{post}/fill", {"person": person})
    assert [one["name"] for one in filled.json["holders"]] == ["测试tra_staff"]
    assert caller.post("admin", f"/posts/{post}/fill", {"person": person}).status_code == 422
    task = _charge(caller)
    own = caller.city.posts["tra_staff"]
    assert caller.post("admin", f"/posts/{own}/vacate", {"person": person}).json["code"] == "still_in_charge"
    left = caller.post("admin", f"/posts/{own}/vacate", {"person": person, "release": True})
    assert (left.status_code, left.json["is_vacant"]) == (200, True)
    assert caller.city.state(task) == "received"
    assert caller.post("admin", f"/posts/{own}/vacate", {"person": person}).json["code"] == "not_held"
    assert caller.post("admin", f"/posts/{10**9}/vacate", {"person": person}).status_code == 404
    pages = caller.get("admin", "/posts?limit=3").json
    more = caller.get("admin", f"/posts?limit=200&cursor={pages['next_cursor']}").json
    ids = [one["id"] for one in pages["items"] + more["items"]]
    assert ids == sorted(set(ids))
    assert own in ids
    assert [one["department"] for one in caller.get("admin", "/posts?department=ENE").json["items"]] == ["能源局"] * 2
    assert [one["id"] for one in caller.get("admin", "/posts?vacant=false&department=TRA").json["items"]] != []


def test_what_is_not_there_is_404(caller: Caller) -> None:
    """Unknown departments, people and posts; the built-in accounts are nobody's business."""
    for path in (f"/departments/{10**9}", f"/users/{10**9}", f"/users/{10**9}/handover/plan",
                 f"/departments/{10**9}/merge/plan?into=ENE"):  # fmt: skip
        assert caller.get("admin", path).status_code == 404, path
    with caller.city.database.reading() as session:
        system = session.execute(select(Person.id).where(Person.login == "system")).scalar_one()
    assert caller.get("admin", f"/users/{system}").status_code == 404
    assert caller.get("admin", f"/users/{caller.city.people['tra_staff']}").json["login"] == "tra_staff"


@pytest.mark.parametrize("path", ["/departments?limit={}", "/users?limit={}", "/posts?limit={}"])
def test_a_longer_page_asks_no_more_statements(caller: Caller, path: str) -> None:
    """No statement a row: a page of one and a page of five cost the same."""
    caller.get("admin", "/me")  # the first use of a token is written
    engine = caller.context.database.engine
    counts = []
    for limit in (1, 5):
        asked: list[str] = []

        def note(*args: Any, asked: list[str] = asked) -> None:  # noqa: ANN401  # an event's arguments
            asked.append(str(args[2]))

        event.listen(engine, "before_cursor_execute", note)
        assert caller.get("admin", path.format(limit)).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(asked))
    assert counts[0] == counts[1]
