"""GET /slips, /escalations, /department-records and the printed papers."""

from datetime import date, timedelta

from app.services.entering import NewItem
from tests.app.services.supervision.stalling import DUE_ON, ISSUE_AT, RED_AT, YELLOW_AT, red_task, slips, yellow_task
from tests.city import City
from tests.client import Caller
from tests.sweeping import local, running_task, sweep


def test_slips_are_listed_by_colour_state_and_department(caller: Caller, city: City) -> None:
    """A page of slips, the newest first, filtered; only what the caller may read."""
    task, red = red_task(city)
    yellow = slips(city, task)[0].id

    def ids(query: str, login: str = "office1") -> list[int]:
        return [row["id"] for row in caller.get(login, f"/slips{query}").json["items"]]

    assert ids("") == [red, yellow]
    assert ids("?colour=red") == [red]
    assert ids("?state=open") == [red]
    assert ids("?state=closed") == [yellow]
    assert ids("?state=drafted,issued") == [red]
    assert ids("?department=TRA") == [red, yellow]
    assert ids("?department=POL") == []
    assert ids(f"?item={task}") == [red, yellow]
    assert ids("?issued_from=2026-03-23&issued_to=2026-03-23") == [yellow]
    assert ids("", "pol_head") == []
    first = caller.get("office1", "/slips?limit=1").json
    assert [row["id"] for row in first["items"]] == [red]
    assert ids(f"?limit=1&cursor={first['next_cursor']}") == [yellow]
    row = caller.get("office1", "/slips?colour=yellow").json["items"][0]
    schemas = caller.get(None, "/openapi.json").json["components"]["schemas"]
    assert row.keys() == set(schemas["Slip"]["required"])
    assert (row["colour"], row["number"], row["state_label"]["en"]) == ("yellow", "预警〔2026〕1号", "closed")


BAD = (
    "/slips?colour=blue", "/slips?state=lost", "/slips?limit=0", "/slips?cursor=x", "/slips?issued_from=1812-01-01",
    "/slips?item=0", "/slips?department=nowhere", "/slips?who=me", "/escalations?level=9", "/escalations?cursor=x",
    "/escalations?cause=love", "/department-records?from=2026-02-30",
    "/department-records?from=2026-03-02&to=2026-03-01",
)  # fmt: skip


def test_a_bad_query_names_the_place(caller: Caller) -> None:
    """Bad input: 422 with the field, never a fault of ours."""
    for query in BAD:
        answer = caller.get("office1", query)
        assert answer.status_code == 422, query
        assert answer.json["faults"][0]["field"] in query


def test_rungs_are_listed_with_what_became_of_them(caller: Caller, city: City) -> None:
    """GET /escalations: each rung that was reached, the newest first, with its slip."""
    task, slip = yellow_task(city)
    found = caller.get("office1", f"/escalations?item={task}").json["items"]
    assert [(row["level"], row["is_superseded"], row["needs_slip"]) for row in found] == [(2, False, False),
                                                                                         (1, True, False)]  # fmt: skip
    department = city.departments["TRA"]
    assert found[0]["covers"] == [{"outcome": "made", "department_id": department, "slip_id": slip}]
    assert (
        caller.get("office1", "/escalations?level=2&cause=due&running=true&department=TRA").json["items"] == found[:1]
    )
    assert caller.get("office1", "/escalations?running=false").json["items"] == []
    assert caller.get("pol_head", "/escalations").json["items"] == []
    page = caller.get("office1", "/escalations?limit=1").json
    assert page["items"] == found[:1]
    assert caller.get("office1", f"/escalations?limit=1&cursor={page['next_cursor']}").json["items"] == found[1:]


def test_a_departments_record(caller: Caller, city: City) -> None:
    """Slips by colour, answers in time and late, returned, appealed, upheld, points; only what the caller reads."""
    task, red = red_task(city)
    sweep(city, ISSUE_AT)
    city.do("tra_head", red, "answer", {"answer": "迟"}, now=local(2026, 4, 8))
    city.do("office1", red, "return", {"reason": "不全"}, now=local(2026, 4, 8))
    new = NewItem("task", "电力", city.departments["ENE"], due_on=date(2026, 4, 3), state="in_progress")
    (other,) = city.enter(new)
    sweep(city, local(2026, 4, 7))
    (late,) = slips(city, other)
    city.do("ene_head", late.id, "appeal", {"reason": "误"}, now=local(2026, 4, 8))
    city.do("director", late.id, "uphold", {"reason": "属实"}, now=local(2026, 4, 8))
    caller.clock.set(local(2026, 4, 10))
    rows = caller.get("office1", "/department-records").json
    assert (rows["from"], rows["to"]) == ("2026-01-01", "2026-04-10")
    shown = [{name: value for name, value in row.items() if value} for row in rows["items"]]
    assert shown == [
        {"department_id": city.departments["TRA"], "name": "交通局", "yellow": 1, "red": 1, "answered_late": 1,
         "closed_unanswered": 1, "returned": 1, "points": 2},
        {"department_id": city.departments["ENE"], "name": "能源局", "yellow": 1, "closed_unanswered": 1, "appealed": 1,
         "upheld": 1},
    ]  # fmt: skip
    assert slips(city, task)[0].state == "closed"
    assert [row["name"] for row in caller.get("ene_head", "/department-records").json["items"]] == ["能源局"]
    assert caller.get("office1", "/department-records?department=ENE").json["items"][0]["yellow"] == 1
    assert caller.get("office1", "/department-records?from=2026-01-01&to=2026-01-31").json["items"] == []


def test_a_slip_is_printed_for_who_may_read_it(caller: Caller, city: City) -> None:
    """GET /slips/{id}/pdf: a PDF in either language; 404 for any other item and for who may not read it."""
    task, slip = yellow_task(city)
    answer = caller.get("tra_head", f"/slips/{slip}/pdf?lang=en")
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert answer.data == caller.get("office1", f"/slips/{slip}/pdf?lang=en").data
    assert caller.get("pol_head", f"/slips/{slip}/pdf").status_code == 404
    assert caller.get("office1", f"/slips/{task}/pdf").status_code == 404
    assert caller.get("office1", f"/slips/{slip}/pdf?lang=fr").status_code == 422


def test_a_reminder_is_printed_from_its_rung(caller: Caller, city: City) -> None:
    """GET /escalations/{id}/pdf: only a rung of level 1 is a reminder; nothing else is told of any rung."""
    task = running_task(city, due_on=DUE_ON)
    sweep(city, local(2026, 3, 17))
    (rung,) = caller.get("office1", f"/escalations?item={task}").json["items"]
    answer = caller.get("tra_head", f"/escalations/{rung['id']}/pdf")
    assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")
    assert caller.get("pol_head", f"/escalations/{rung['id']}/pdf").status_code == 404
    sweep(city, YELLOW_AT)
    higher = caller.get("office1", "/escalations?level=2").json["items"][0]["id"]
    assert caller.get("office1", f"/escalations/{higher}/pdf").status_code == 404
    assert caller.get("office1", "/escalations/999999/pdf").status_code == 404


def test_a_slip_is_an_item_for_the_rest_of_the_contract(caller: Caller, city: City) -> None:
    """GET /items/{id} shows its details; its steps are taken like any other's, with a version."""
    caller.clock.set(YELLOW_AT)
    _, slip = yellow_task(city)
    shown = caller.get("tra_head", f"/items/{slip}").json
    assert (shown["kind"], shown["details"]["level"], shown["details"]["basis"]["late_workdays"]) == ("slip", 2, 1)
    assert caller.act_on("tra_head", slip, "answer", {"answer": "已办"}).json["state"] == "answered"
    assert caller.act_on("tra_head", slip, "answer", {"answer": "已办"}).status_code == 409
    assert caller.act_on("office1", slip, "return", {}).status_code == 422
    caller.clock.set(RED_AT + timedelta(days=1))
    assert caller.act_on("office1", slip, "accept").json["state"] == "accepted"
    labels = [row["action_label"]["en"] for row in caller.get("office1", f"/items/{slip}/history").json["items"]]
    assert labels == ["Accept the answer", "Answer", "Issue", "Created"]
