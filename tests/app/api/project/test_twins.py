"""The API says what the pages of a project say: plan, changes, lights, workflows."""

from datetime import date

import pytest

from tests.app.queries.project.planning import add_tasks, planned_project
from tests.client import Caller, without_number


@pytest.mark.parametrize("path", ["changes", "lights", "plan", "plan/tasks", "workflow"])
def test_an_unreadable_item_answers_as_if_there_were_none(caller: Caller, path: str) -> None:
    """P13, P14: unreadable and unknown are the same 404."""
    task = caller.city.task()
    assert caller.get("tra_head", f"/items/{task}/{path}").status_code == 200
    answers = [caller.get("pol_head", f"/items/{wrong}/{path}") for wrong in (task, task + 99)]
    assert {answer.status_code for answer in answers} == {404}
    assert without_number(answers[0]) == without_number(answers[1])


def test_changes_count_working_days(caller: Caller) -> None:
    """A date that moved earlier counts backwards; every part is a list; the default is the month's first day."""
    task = caller.city.task(due_on=date(2026, 4, 10))
    caller.city.do("office1", task, "assign")
    caller.city.do("office1", task, "extend", {"new_due_on": "2026-04-08", "reason": "提前"})
    shown = caller.get("tra_head", f"/items/{task}/changes").json
    assert shown["since"] == "2026-03-01"
    assert [(one["from_on"], one["to_on"], one["workdays"], one["reason"]) for one in shown["moved"]] == [
        ("2026-04-10", "2026-04-08", -2, "提前")
    ]
    assert [one["item"]["id"] for one in shown["entered"]] == [task]
    assert caller.get("tra_head", f"/items/{task}/changes?since=2026-03-02").json["since"] == "2026-03-02"


@pytest.mark.parametrize("since", ["x", "2026-02-30", "2999-01-01", "1999-12-31", ""])
def test_a_wrong_day_is_named(caller: Caller, since: str) -> None:
    """No day, one ahead or long gone: 422 on the field."""
    task = caller.city.task()
    answer = caller.get("office1", f"/items/{task}/changes?since={since}")
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["faults"]] == ["since"]


def test_the_plan_counts_and_lists_alike(caller: Caller) -> None:
    """The sum of the cells is the number of tasks; a cell's tasks are found by its values."""
    project = planned_project(caller.city)
    one, _other = add_tasks(caller.city, project, ("甲", date(2026, 3, 20), "build"), ("乙", date(2026, 5, 20), ""))
    plan = caller.get("leader", f"/items/{project}/plan").json
    assert {(cell["phase_seq"], cell["stage"], cell["standing"]) for cell in plan["cells"]} == {
        (1, "build", "ahead"), (2, "none", "ahead"),
    }  # fmt: skip
    assert [(part["name"], part["total"]) for part in plan["departments"]] == [("交通局", 2)]
    listed = caller.get("leader", f"/items/{project}/plan/tasks?phase=1&stage=build").json
    assert [row["id"] for row in listed["items"]] == [one]
    wrong = caller.get("leader", f"/items/{project}/plan/tasks?phase=x&stage=y&standing=z")
    assert {fault["field"] for fault in wrong.json["faults"]} == {"phase", "stage", "standing"}


def test_workflows_tell_the_regulation(caller: Caller) -> None:
    """States, steps with guards and fields, clocks with rungs; a kind that there is none of is 404."""
    kinds = [one["kind"] for one in caller.get("tra_staff", "/workflows").json["items"]]
    assert kinds[:7] == ["project", "task", "share", "slip", "request", "allocation", "disbursement"]
    assert kinds[7:] == ["leadership_group", "meeting", "agenda_item", "decision"]
    task = caller.get("tra_staff", "/workflows/task").json
    submit = next(step for step in task["steps"] if step["action"] == "submit")
    assert (submit["sources"], submit["target"]) == (["in_progress"], "submitted")
    assert "criteria_answered" in {guard["code"] for guard in submit["guards"]}
    assert {ask["name"] for ask in submit["asks"]} == {"evidence", "late_reason", "answers"}
    due = next(clock for clock in task["clocks"] if clock["cause"] == "due")
    assert (due["limit"], due["rungs"][0]["after"]) == (None, "workdays(-3)")
    assert caller.get("tra_staff", "/workflows/nix").status_code == 404


def test_an_items_way_follows_its_steps(caller: Caller) -> None:
    """The way is in the order of the steps, the state the present one."""
    task = caller.city.task()
    caller.city.do("office1", task, "assign")
    shown = caller.get("tra_head", f"/items/{task}/workflow").json
    assert (shown["state"], [one["to_state"] for one in shown["way"]]) == ("assigned", ["draft", "assigned"])
    assert shown["workflow"]["kind"] == "task"
    assert caller.get("tra_head", f"/items/{task}/lights").json["overrides"] == []
