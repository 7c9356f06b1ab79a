"""GET /items, /projects, /tasks: one query for every list."""

from datetime import date

import pytest

from tests.client import Caller


def _ids(caller: Caller, login: str, path: str) -> list[int]:
    answer = caller.get(login, path)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json["items"]]


def test_collections_hold_their_kind(caller: Caller) -> None:
    """/projects and /tasks are items of one kind, with the same query; `kind` is none of theirs."""
    project, task = caller.city.project(), caller.city.task()
    assert _ids(caller, "office1", "/projects") == [project]
    assert _ids(caller, "office1", "/tasks") == [task]
    assert set(_ids(caller, "office1", "/items")) == {project, task}
    for path in ("/projects", "/tasks"):
        answer = caller.get("office1", f"{path}?kind=slip")
        assert answer.status_code == 422
        assert [fault["field"] for fault in answer.json["faults"]] == ["kind"]
    assert _ids(caller, "pol_head", "/projects") == []


def test_filters_by_name(caller: Caller) -> None:
    """The names of docs/lists.md: part, assignee, urgency, source, phase, parent, dates, level, both orders."""
    city = caller.city
    lead = city.task(due_on=date(2026, 5, 1), urgency="urgent", details={"source_kind": "letter"})
    support = city.task(lead="ENE", supports=("TRA",), due_on=date(2026, 6, 1))
    city.do("office1", lead, "assign")
    city.do("tra_head", lead, "appoint", {"person": city.people["tra_staff"]})
    tra = city.departments["TRA"]
    cases = {
        "part=lead&department=TRA": [lead],
        "part=support&department=交通局": [support],
        f"part=either&department=id:{tra}": [lead, support],
        f"assignee={city.people['tra_staff']}": [lead],
        "urgency=urgent,very_urgent": [lead],
        "source=letter": [lead],
        "source=hotline": [],
        "due_from=2026-05-02": [support],
        "due_until=2026-05-01": [lead],
        "rung=1": [],
        "rung=0": [lead, support],
        "phase=基础建设": [],
        "parent=1": [],
        "sort=-due": [support, lead],
        f"q=任务{lead}": [lead],
    }
    for query, wanted in cases.items():
        assert _ids(caller, "office1", f"/tasks?{query}") == wanted, query
    assert _ids(caller, "tra_staff", "/tasks?assignee=me") == [lead]
    assert _ids(caller, "office1", "/tasks?assignee=me") == []
    city.do("office1", support, "cancel", {"reason": "重复"})
    assert _ids(caller, "office1", "/tasks?closed_from=2026-03-02&closed_until=2026-03-02") == [support]
    assert _ids(caller, "office1", "/tasks?closed_from=2026-03-03") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("part=all", "part"), ("assignee=you", "assignee"), ("assignee=0", "assignee"), ("urgency=late", "urgency"),
        ("source=rumour", "source"), ("parent=0", "parent"), ("due_from=1.5.2026", "due_from"),
        ("closed_until=9999-12-31", "closed_until"), ("closed_from=0001-01-01", "closed_from"), ("rung=5", "rung"),
        ("department=id:x", "department"), ("phase=", "phase"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_a_fault_at_its_name(caller: Caller, query: str, field: str) -> None:
    """Every name refuses what it does not understand, in both languages."""
    answer = caller.get("office1", f"/items?{query}")
    assert answer.status_code == 422, answer.text
    assert [fault["field"] for fault in answer.json["faults"]] == [field]
    assert all(fault["zh"] and fault["en"] for fault in answer.json["faults"])
