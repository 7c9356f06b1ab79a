"""Papers and plans of reports in the API and on the command line: the same as the pages can do."""

import pytest

from app.edge.paperwork.catalogue import PAPERS
from tests.app.services.report_plan.planning import count_all, make_paper, make_plan
from tests.city import City
from tests.client import Caller
from tests.working import do_works

PLAN = {
    "name": "每月样报", "kind": "made_up", "day": "workday:1", "clock": "08:30", "endings": ["docx"],
}  # fmt: skip


def test_a_paper_is_asked_for_by_kind(caller: Caller, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """What /reports/kinds lists can be asked for; every fault of it is told; month and lang alone make a paper, too."""
    city.project()
    monkeypatch.setitem(PAPERS, "made_up", make_paper())
    kinds = {one["name"]: one for one in caller.get("tra_head", "/reports/kinds").json["items"]}
    assert (kinds["made_up"]["periods"], kinds["made_up"]["endings"]) == (["2026-03"], ["pdf", "docx", "xlsx"])
    wish = {"kind": "made_up", "period": "2026-03", "languages": ["en"], "endings": ["xlsx"]}
    asked = caller.post("tra_head", "/reports", wish)
    assert (asked.status_code, asked.json["kind"], asked.json["repeats_id"]) == (202, "paper", None)
    assert do_works(caller.app) == 1
    wrong = caller.post("tra_head", "/reports", {"kind": "made_up", "period": "1990-01", "scope": 5, "endings": []})
    assert {fault["field"] for fault in wrong.json["faults"]} == {"period", "scope", "endings"}
    old = caller.post("tra_head", "/works", {"kind": "report", "arguments": {"month": "2026-03", "lang": "zh"}})
    assert (old.json["kind"], old.json["arguments"]["kind"]) == ("paper", "progress")
    listed = [one["id"] for one in caller.get("tra_head", "/reports").json["items"]]
    assert listed == [old.json["id"], asked.json["id"]]
    assert caller.post("office1", "/works", {"kind": "planned_paper", "arguments": {"run": 1}}).status_code == 422


def test_a_plan_from_the_api_to_its_file(caller: Caller, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made once under its key, run on the version that was seen, fetched by its recipient and nobody else."""
    city.project()
    monkeypatch.setitem(PAPERS, "made_up", make_paper())
    body = {**PLAN, "recipients": [{"kind": "person", "id": city.people["tra_staff"]}]}
    made = caller.post("office1", "/reports/plans", body, Idempotency_Key="k-1")
    again = caller.post("office1", "/reports/plans", body, Idempotency_Key="k-1")
    assert (made.status_code, again.json["id"], again.headers["Idempotency-Replayed"]) == (201, made.json["id"], "true")
    plan = made.headers["Location"].removeprefix("/api/v1")
    assert caller.post("tra_head", "/reports/plans", body).status_code == 403
    shown = caller.get("office1", plan)
    assert shown.headers["ETag"].startswith('"1')
    assert [one["period"] for one in shown.json["next"]] == ["2026-03", "2026-04", "2026-05"]
    assert caller.post("office1", f"{plan}/run", {}).status_code == 428
    assert caller.post("office1", f"{plan}/run", {}, If_Match='"7"').status_code == 412
    run = caller.post("office1", f"{plan}/run", {}, If_Match='"1"')
    assert run.status_code == 202
    assert do_works(caller.app) == 1
    runs = caller.get("office1", f"{plan}/runs").json["items"]
    assert [(one["period"], one["status"], one["got"]) for one in runs] == [("2026-02", "done", 1)]
    ahead = caller.post("office1", f"{plan}/run", {"period": "2026-01"}, If_Match='"1"')
    assert ahead.status_code == 202
    assert [one["period"] for one in caller.get("office1", plan).json["next"]] == ["2026-03", "2026-04", "2026-05"]
    delivery = f"/reports/deliveries/{run.json['run_id']}"
    assert [one["run_id"] for one in caller.get("tra_staff", "/reports/deliveries").json["items"]] == [runs[0]["id"]]
    file = caller.get("tra_staff", delivery).json["files"][0]
    assert caller.get("tra_staff", delivery).json["replaced_by"] is None
    with caller.get("tra_staff", f"{delivery}/files/{file['id']}") as sent:
        assert sent.data == b"OFFICE/2026-02/zh"
    assert caller.get("tra_staff", delivery).json["opened_at"] is not None
    assert caller.get("tra_head", delivery).status_code == 404
    assert caller.post("office1", f"{plan}/pause", If_Match='"1"').json["version"] == 2


def test_the_list_costs_as_much_for_many_and_holds_nothing_that_steps_issue(caller: Caller, city: City) -> None:
    """No N+1: as many statements for one plan as for five, whose days differ; minutes and the like are refused."""
    counts = []
    for numbers in ((1,), range(2, 6)):
        for number in numbers:
            make_plan(city, name=str(number), day=f"monthday:{number}")
        caller.get("office1", "/reports/plans")
        with count_all(caller.context.database.engine) as noted:
            assert len(caller.get("office1", "/reports/plans").json["items"]) == number
        counts.append(len(noted))
    assert counts[0] == counts[1]
    for name, kind in PAPERS.items():
        if kind.find_waiting is not None:
            body = {**PLAN, "kind": name, "endings": ["pdf"], "scope": city.project()}
            refused = caller.post("office1", "/reports/plans", body)
            assert "kind" in {fault["field"] for fault in refused.json["faults"]}, name


def test_the_commands_list_and_enter(caller: Caller, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """`flask report plan list|run`: one line a plan; what is due is entered once; bad use ends with status 2."""
    city.project()
    monkeypatch.setitem(PAPERS, "made_up", make_paper())
    plan = caller.post("office1", "/reports/plans", PLAN).json["id"]
    runner = caller.app.test_cli_runner()
    line = runner.invoke(args=["report", "plan", "list"]).stdout.split("\t")
    assert (line[0], line[1], line[3]) == (str(plan), "active", "2026-04-01T08:30:00+08:00")
    assert runner.invoke(args=["report", "plan", "run"]).stdout == "entered 0\n"
    entered = runner.invoke(args=["report", "plan", "run", str(plan), "--period", "2026-01"])
    assert (entered.exit_code, entered.stdout) == (0, f"entered run 1 of plan {plan}\n")
    assert runner.invoke(args=["report", "plan", "run", str(plan), "--period", "2026-01"]).exit_code == 1
    assert runner.invoke(args=["report", "plan", "run", str(plan), "--period", "soon"]).exit_code == 2
    assert runner.invoke(args=["report", "plan", "run", "999"]).exit_code != 0
