"""GET /items, /items/{id}, /items/{id}/history."""

from datetime import date

import pytest

from app.services.entering import NewItem
from tests.client import Caller, without_number


def _ids(caller: Caller, login: str, query: str = "") -> list[int]:
    answer = caller.get(login, f"/items{query}")
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json["items"]]


def test_a_list_shows_only_what_the_caller_may_read(caller: Caller) -> None:
    """P09: lead, supporters, office and overseers see the task; other departments and the administrator do not."""
    task = caller.city.task(supports=("ENE",))
    seen = {login: _ids(caller, login) == [task] for login in ("tra_staff", "ene_head", "office1", "leader", "auditor")}
    assert all(seen.values()), seen
    assert _ids(caller, "pol_head") == []
    assert _ids(caller, "admin") == []


def test_a_confidential_item_is_not_found_by_search(caller: Caller) -> None:
    """P09: no hit for staff of the lead department or the office; the head of the department finds it."""
    task = caller.city.task("信访专项联合核查", confidential=True)
    assert [_ids(caller, login, "?q=信访") for login in ("tra_staff", "office1", "pol_head")] == [[], [], []]
    assert _ids(caller, "tra_head", "?q=信访") == [task]


@pytest.mark.parametrize("path", ["/items/{}", "/items/{}/history", "/items/{}/actions"])
def test_every_address_of_an_unreadable_item_answers_as_if_there_were_none(caller: Caller, path: str) -> None:
    """P13, P14: unreadable, unknown, beyond a BIGINT, not a number: 404 with one and the same body."""
    task = caller.city.task()
    assert caller.get("tra_head", path.format(task)).status_code == 200
    answers = [
        caller.get("pol_head", path.format(wrong))
        for wrong in (task, task + 1, 9223372036854775807, 9223372036854775808, 10**30, "abc", "-1", "1.0", "%00")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert all(without_number(answer) == without_number(answers[0]) for answer in answers)
    assert answers[0].json["code"] == "not_found"


def test_posting_to_an_unreadable_item_answers_as_if_there_were_none(caller: Caller) -> None:
    """P13, P15: writing by the id of somebody else's item is 404, and nothing is written."""
    task = caller.city.task()
    answers = [
        caller.post("pol_head", f"/items/{wrong}/actions/assign", {"fields": {}}, If_Match='"1"')
        for wrong in (task, task + 1, "abc")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert all(without_number(answer) == without_number(answers[0]) for answer in answers)
    assert caller.city.state(task) == "draft"


@pytest.mark.parametrize("sort", ["due", "title", "-title", "created", "-created", "id", "-id"])
def test_pages_of_equal_keys_show_every_item_once(caller: Caller, sort: str) -> None:
    """P94: 25 items with the same title and date, some readable by several keys: each id once, in every order."""
    departments = caller.city.departments
    new = [
        NewItem("task", "数据报送", departments["TRA"], due_on=date(2026, 4, 1) if n % 5 else None,
                supports=[(departments["OFF"], None, None)])
        for n in range(25)
    ]  # fmt: skip
    ids = caller.city.enter(*new)
    found: list[int] = []
    cursor = ""
    while True:
        page = caller.get("office1", f"/items?sort={sort}&limit=7{cursor}").json
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert sorted(found) == ids
    if sort in ("-created", "-id", "-title"):
        assert found == ids[::-1]
    if sort in ("created", "id", "title"):
        assert found == ids


def test_items_without_a_date_come_last(caller: Caller) -> None:
    """By due date: the nearest first, without a date last."""
    late, none, soon = (
        caller.city.task(due_on=day) for day in (date(2026, 6, 1), None, date(2026, 3, 5))
    )  # fmt: skip
    assert _ids(caller, "office1", "?sort=due") == [soon, late, none]


def test_titles_are_sorted_by_pinyin(caller: Caller) -> None:
    """西安 before 先, 曾 after 张's alphabet place is not by code point; the same on both databases."""
    titles = ["周报", "Zhang task", "曾家桥", "2组", "10组", "西安路", "先行区"]
    ids = dict(zip(titles, [caller.city.task(title) for title in titles], strict=True))
    shown = _ids(caller, "office1", "?sort=title")
    names = {item_id: title for title, item_id in ids.items()}
    assert [names[item_id] for item_id in shown] == ["2组", "10组", "曾家桥", "西安路", "先行区", "Zhang task", "周报"]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [("数据", True), ("共享平台", True), ("平台", True), ("建设", True), ("数 据", True), ("数据 平台", True),
     ("数据 水库", False), ("%", False), ("_", False), ("100%25", True), ("'", False), ("ＡＰＩ", True), ("api", True)],
)  # fmt: skip
def test_search_in_chinese_is_literal(caller: Caller, query: str, is_found: bool) -> None:  # noqa: FBT001  # a case
    """P86: parts of a run are found, several words are all wanted, wildcards and quotes are literal."""
    caller.city.task("无关事项")
    task = caller.city.task("跨部门数据共享平台建设 API 100%")
    escaped = query if "%25" in query else query.replace("%", "%25")
    wanted = [task] if is_found or query == "%" else []
    assert _ids(caller, "office1", f"?q={escaped}") == wanted


def test_filters_restrict_and_combine(caller: Caller) -> None:
    """Kind, state, openness, department (lead or support), light and overdue, alone and together."""
    city = caller.city
    project = city.project(lead="ENE", supports=("TRA",))
    overdue, fresh = city.task(lead="TRA", due_on=date(2026, 2, 1)), city.task(lead="WEA")
    city.do("office1", fresh, "assign")
    done = city.task(lead="POL")
    city.do("office1", done, "cancel", {"reason": "重复"})
    cases = {
        "?kind=project": {project},
        "?kind=task,project&state=open": {project, overdue, fresh},
        "?state=closed": {done},
        "?state=assigned": {fresh},
        "?state=assigned,proposed": {fresh, project},
        "?department=TRA": {project, overdue},
        "?department=交通局": {project, overdue},
        "?overdue=true": {overdue},
        "?overdue=false": {project, fresh, done},
        "?overdue=false&state=open&kind=task": {fresh},
        "?light=red": {overdue},
        "?state=open,closed": {project, overdue, fresh, done},
    }
    for query, wanted in cases.items():
        for sort in ("due", "title", "-id"):
            assert set(_ids(caller, "office1", f"{query}&sort={sort}")) == wanted, (query, sort)


def test_a_wrong_query_names_every_fault_in_both_languages(caller: Caller) -> None:
    """422 with one fault a wrong parameter, unknown names included."""
    answer = caller.get(
        "office1", "/items?kind=funds&state=nowhere&overdue=perhaps&limit=0&sort=price&staet=open&q=" + "长" * 201
    )
    assert answer.status_code == 422
    faults = {fault["field"]: fault for fault in answer.json["faults"]}
    assert faults.keys() == {"kind", "state", "overdue", "limit", "sort", "staet", "q"}
    assert all(fault["zh"] and fault["en"] for fault in faults.values())


@pytest.mark.parametrize("cursor", ["x", "!!!", "W10", "WyJ0aXRsZSIsIiIsMV0", "WyJkdWUiLCJub2RheSIsMV0", "bnVsbA",
                                    "WyJkdWUiLCIyMDI2LTAxLTAxIix0cnVlXQ", "x" * 1000])  # fmt: skip
def test_a_broken_cursor_is_refused(caller: Caller, cursor: str) -> None:
    """A cursor that is no cursor, of another sort, or with a wrong key: 422 on the field, never a guess."""
    answer = caller.get("office1", f"/items?sort=due&cursor={cursor}")
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["faults"]] == ["cursor"]


def test_an_unknown_department_is_a_fault(caller: Caller) -> None:
    """A department that nobody knows is named, not taken for an empty list."""
    answer = caller.get("office1", "/items?department=NIX")
    assert answer.status_code == 422
    assert answer.json["faults"][0]["field"] == "department"


def test_one_item_shows_what_hangs_on_it(caller: Caller) -> None:
    """Supports, shares below, the words of its state in both languages; ETag names the version."""
    task = caller.city.task(supports=("ENE",), criteria=("接口可用",))
    caller.city.do("office1", task, "assign")
    answer = caller.get("tra_head", f"/items/{task}")
    assert answer.status_code == 200
    shown = answer.json
    assert answer.headers["ETag"].startswith(f'"{shown["version"]}-')
    assert shown["state_label"] == {"zh": "待签收", "en": "assigned"}
    assert [support["name"] for support in shown["supports"]] == ["能源局"]
    assert [child["kind"] for child in shown["children"]] == ["share"]
    assert [criterion["wanted"] for criterion in shown["criteria"]] == ["接口可用"]
    assert {episode["cause"] for episode in shown["episodes"]} == {"due", "receipt"}
    share = caller.get("ene_head", f"/items/{shown['children'][0]['id']}").json
    assert share["parent"]["id"] == task


def test_a_project_shows_phases_and_its_round_of_signatures(caller: Caller) -> None:
    """Phases of the template, the open round with a slot for each supporter."""
    project = caller.city.project(supports=("ENE", "POL"))
    caller.city.do("tra_head", project, "submit")
    caller.city.do("ene_head", project, "sign", {"verdict": "agree"})
    shown = caller.get("leader", f"/items/{project}").json
    assert [phase["name"] for phase in shown["phases"]] == ["基础建设", "集成应用", "优化迭代"]
    slots = {slot["department_name"]: slot for slot in shown["sign_offs"][0]["slots"]}
    assert slots["能源局"]["verdict"] == "agree"
    assert slots["能源局"]["person_name"] == "测试ene_head"
    assert slots["公安局"]["verdict"] is None


def test_history_is_paged_newest_first(caller: Caller) -> None:
    """Who did what in which department, in the words of the workflow; two a page."""
    task = caller.city.task()
    caller.city.do("office1", task, "assign")
    caller.city.do("tra_staff", task, "receive")
    first = caller.get("tra_head", f"/items/{task}/history?limit=2").json
    assert [step["action"] for step in first["items"]] == ["receive", "assign"]
    assert first["items"][0]["actor_name"] == "测试tra_staff"
    assert first["items"][0]["department_name"] == "交通局"
    assert first["items"][0]["action_label"] == {"zh": "签收", "en": "Receive"}
    second = caller.get("tra_head", f"/items/{task}/history?limit=2&cursor={first['next_cursor']}").json
    assert [step["action"] for step in second["items"]] == ["create"]
    assert second["next_cursor"] is None
