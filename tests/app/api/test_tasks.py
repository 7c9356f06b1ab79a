"""POST /tasks and /tasks/batch, GET /tasks and /requests: as the contract says, for whom it says."""

from io import BytesIO
from typing import Any

import pytest

from app.api.openapi import make_document
from app.edge import batch
from app.ledger.batch_form import write_batch_form
from tests.app.services.batch.batches import ROW, add_document, count_items
from tests.city import City
from tests.client import Caller

CSV = "任务名称,牵头单位,完成期限\n信号机数据对接,交通局,2026-04-01\n气象预警推送,WEA,\n"


def send_file(caller: Caller, content: str | bytes = CSV, path: str = "/tasks/batch", **fields: str) -> Any:  # noqa: ANN401  # JSON
    """POST a file as office1."""
    data = {"file": (BytesIO(content.encode() if isinstance(content, str) else content), "任务.csv"), **fields}
    headers = {"Authorization": f"Bearer {caller.token('office1')}"}
    return caller.client.post(f"/api/v1{path}", data=data, content_type="multipart/form-data", headers=headers)


def test_one_task(caller: Caller) -> None:
    """201 with Location and ETag; it is assigned; repeated under its key it is made once."""
    body = {"title": "数据对接", "department": "TRA", "urgency": "urgent"}
    first = caller.post("office1", "/tasks", body, Idempotency_Key="a1")
    assert first.status_code == 201
    assert (first.json["state"], first.json["due_on"], first.json["due_source"]) == (
        "assigned",
        "2026-03-09",
        "computed",
    )
    assert first.headers["Location"] == f"/api/v1/items/{first.json['id']}"
    shown = caller.get("office1", f"/items/{first.json['id']}")
    assert shown.headers["ETag"].startswith(first.headers["ETag"].rstrip('"') + "-")
    again = caller.post("office1", "/tasks", body, Idempotency_Key="a1")
    assert (again.headers["Idempotency-Replayed"], again.json["id"]) == ("true", first.json["id"])
    assert count_items(caller.city) == 1


def test_faults_of_one_task_are_named_by_field(caller: Caller) -> None:
    """No row number where there is only one."""
    answer = caller.post("office1", "/tasks", {"department": "交通厅", "due_on": "x", "what": 1})
    assert answer.status_code == 422
    assert sorted(fault["field"] for fault in answer.json["faults"]) == ["department", "due_on", "title", "what"]


def test_a_dry_run_writes_nothing(caller: Caller) -> None:
    """200 and what would be made, ids null; with faults the same 422."""
    answer = caller.post("office1", "/tasks?dry_run=1", {**ROW, "due_on": "2026-03-07"})
    assert (answer.status_code, answer.json["id"], len(answer.json["warnings"])) == (200, None, 1)
    many = caller.post("office1", "/tasks/batch?dry_run=1", {"rows": [ROW, {**ROW, "title": "乙"}]})
    assert (many.status_code, many.json["dry_run"], [one["id"] for one in many.json["items"]]) == (
        200,
        True,
        [None] * 2,
    )
    assert caller.post("office1", "/tasks/batch?dry_run=1", {"rows": [{}]}).status_code == 422
    assert count_items(caller.city) == 0


def test_many_tasks_or_none(caller: Caller) -> None:
    """One bad row: nothing; without it all, as drafts where asked."""
    document = add_document(caller.city)
    bad = caller.post("office1", "/tasks/batch", {"document_id": document, "rows": [ROW, {**ROW, "department": "无"}]})
    assert bad.status_code == 422
    assert [fault["field"] for fault in bad.json["faults"]] == ["rows[2].department"]
    assert count_items(caller.city) == 0
    made = caller.post("office1", "/tasks/batch", {"document_id": document, "rows": [ROW], "draft": True})
    assert (made.status_code, made.json["items"][0]["state"]) == (201, "draft")
    tasks = caller.get("office1", f"/documents/{document}").json["tasks"]
    assert [task["id"] for task in tasks] == [made.json["items"][0]["id"]]


def test_a_file(caller: Caller) -> None:
    """CSV in a multipart form; the same file again is 409 with what it made, unless `again` is given."""
    first = send_file(caller)
    assert first.status_code == 201
    assert [task["row"] for task in first.json["items"]] == [2, 3]
    same = send_file(caller)
    assert (same.status_code, same.json["code"]) == (409, "file_made_tasks")
    assert send_file(caller, again="1").status_code == 201
    assert send_file(caller, path="/tasks/batch?dry_run=1").status_code == 200
    assert count_items(caller.city) == 4


def test_what_is_no_file_is_said(caller: Caller) -> None:
    """No file, a wrong type, an unknown field, JSON that is no list: 4xx, never a fault of ours."""
    headers = {"Authorization": f"Bearer {caller.token('office1')}"}
    empty = caller.client.post("/api/v1/tasks/batch", data={"draft": "1"}, content_type="multipart/form-data",
                               headers=headers)  # fmt: skip
    assert (empty.status_code, empty.json["faults"][0]["field"]) == (422, "file")
    assert send_file(caller, b"%PDF-1.7").status_code == 422
    assert send_file(caller, what="1").status_code == 422
    assert caller.post("office1", "/tasks/batch", {"rows": "x"}).status_code == 422
    assert caller.post("office1", "/tasks/batch", {"rows": [5]}).status_code == 422
    assert caller.post("office1", "/tasks/batch", {}).status_code == 422


def test_a_request_that_is_too_large(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounded before it is read; the sentence says how large a file may be."""
    monkeypatch.setattr(batch, "BATCH_BYTES_MAX", 1000)
    monkeypatch.setattr(batch, "_AROUND", 0)
    answer = send_file(caller, CSV * 50)
    assert (answer.status_code, answer.json["code"]) == (422, "file_too_large")


def test_only_the_office(caller: Caller) -> None:
    """403 for everybody else, 401 without a token, 404 for a document that may not be read."""
    assert caller.post("tra_head", "/tasks", ROW).status_code == 403
    assert caller.post("leader", "/tasks/batch", {"rows": [ROW]}).status_code == 403
    assert caller.post(None, "/tasks", ROW).status_code == 401
    assert caller.post("office1", "/tasks", {**ROW, "document_id": 99}).status_code == 404


def test_no_file_is_read_for_who_may_not_issue_it(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """403 before the file is looked into: reading a workbook is work that nobody else may ask for."""
    monkeypatch.setattr("app.api.task.read_file", lambda *_: pytest.fail("read all the same"))
    for login in ("tra_head", "leader", "admin"):
        data = {"file": (BytesIO(b"PK\x03\x04"), "tasks.xlsx")}
        answer = caller.client.post("/api/v1/tasks/batch", data=data, content_type="multipart/form-data",
                                    headers={"Authorization": f"Bearer {caller.token(login)}"})  # fmt: skip
        assert answer.status_code == 403, login


def test_the_list_is_that_of_items_of_kind_task(caller: Caller) -> None:
    """GET /tasks is /items?kind=task, and takes no kind."""
    caller.city.project()
    caller.post("office1", "/tasks", ROW)
    assert caller.get("tra_head", "/tasks").json == caller.get("tra_head", "/items?kind=task").json
    assert caller.get("tra_head", "/tasks?department=TRA&state=open").json["items"][0]["title"] == ROW["title"]
    assert caller.get("tra_head", "/tasks?kind=project").status_code == 422
    assert caller.get("ene_head", "/tasks").json["items"] == []


def ask(city: City) -> tuple[int, int]:
    """Have the transport department ask for more time and return the task's and the request's ids."""
    task = city.task()
    city.do("office1", task, "assign")
    city.do("tra_head", task, "ask_extension",
            {"new_due_on": "2026-04-20", "reason": "设备到货晚", "progress": "六成"})  # fmt: skip
    return task, task + 1


def test_requests(caller: Caller) -> None:
    """A request shows its reason, the dates asked and granted, its subject; who may not read it gets 404."""
    task, request = ask(caller.city)
    other, _ = ask(caller.city)
    page = caller.get("tra_head", "/requests?limit=1").json
    assert page["items"][0]["subject"]["id"] == other
    rest = caller.get("tra_head", f"/requests?limit=1&cursor={page['next_cursor']}").json
    assert (rest["items"][0]["id"], rest["next_cursor"]) == (request, None)
    assert [row["id"] for row in caller.get("office1", f"/requests?subject={task}").json["items"]] == [request]
    assert caller.get("office1", "/requests?kind=dispute").json["items"] == []
    assert len(caller.get("office1", "/requests?kind=extension,dispute&state=open").json["items"]) == 2
    assert caller.get("office1", "/requests?state=closed").json["items"] == []
    assert caller.get("ene_head", "/requests").json["items"] == []
    one = caller.get("office1", f"/requests/{request}")
    assert (one.json["reason"], one.json["old_due_on"], one.json["new_due_on"], one.json["granted_due_on"]) == (
        "设备到货晚", "2026-04-01", "2026-04-20", None,
    )  # fmt: skip
    assert one.headers["ETag"].startswith(f'"{one.json["version"]}-')
    assert caller.act_on("office1", request, "approve", {"new_due_on": "2026-04-15"}).status_code == 200
    decided = caller.get("office1", f"/requests/{request}").json
    assert (decided["state"], decided["granted_due_on"], decided["subject"]["due_on"]) == (
        "approved", "2026-04-15", "2026-04-15",
    )  # fmt: skip
    assert [row["id"] for row in caller.get("office1", "/requests?state=approved").json["items"]] == [request]
    assert caller.get("ene_head", f"/requests/{request}").status_code == 404
    assert caller.get("office1", f"/requests/{task}").status_code == 404
    assert caller.get("office1", "/requests?kind=what&state=x&subject=y").status_code == 422


def test_the_description_names_what_is_new() -> None:
    """OpenAPI: the paths, both bodies of a batch."""
    paths = make_document()["paths"]
    assert {"/tasks", "/tasks/batch", "/requests", "/requests/{request_id}"} <= paths.keys()
    assert set(paths["/tasks/batch"]["post"]["requestBody"]["content"]) == {"application/json", "multipart/form-data"}


def test_the_shipped_form_is_accepted(caller: Caller) -> None:
    """An untouched form is refused in words: there is nothing in it to make."""
    with caller.context.database.reading():
        content = write_batch_form([("TRA", "交通局", None)], example_due_on=caller.context.today(),
                                   created_at=caller.clock.now())  # fmt: skip
    answer = send_file(caller, content)
    assert (answer.status_code, answer.json["faults"][0]["field"]) == (422, "file")
