"""Long work in the API: reports, exports and imports asked for, watched, taken back, fetched; nobody else's."""

import io
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.models.item import Item
from app.models.long_work import LongWork
from app.models.organisation import Holding
from app.queries.job import last_runs
from app.services.escalation.job_run import beat
from app.services.long_work.kind import EndedError
from tests.city import NOW, City
from tests.client import Caller
from tests.working import do_works

LEDGER = "编号,类别,标题,牵头单位,完成期限\nA-1,任务,甲任务,交通局,2026-05-01\nA-2,任务,乙任务,能源局,2026-06-01\n"


def send(caller: Caller, login: str, text: str, name: str = "台账.csv", **fields: str) -> Any:  # noqa: ANN401  # JSON
    """Send a ledger."""
    data = {"file": (io.BytesIO(text.encode()), name), **fields}
    headers = {"Authorization": f"Bearer {caller.token(login)}"}
    return caller.client.post("/api/v1/imports", data=data, headers=headers)


def fetch(caller: Caller, login: str, work_id: int) -> tuple[Any, bytes]:
    """Return the answer with a work's file, closed, and the file."""
    with caller.get(login, f"/works/{work_id}/file") as answer:
        assert answer.status_code == 200
        return answer, answer.data


def count_items(city: City) -> int:
    """Return how many items there are."""
    with city.database.reading() as session:
        return session.execute(select(func.count()).select_from(Item)).scalar_one()


def test_a_report_is_asked_for_made_and_fetched(caller: Caller, city: City) -> None:
    """202 with a place to look; the file comes from there, to whom asked for it and to nobody else."""
    city.project()
    asked = caller.post("tra_head", "/reports", {"month": "2026-03", "lang": "en"})
    assert asked.status_code == 202
    assert asked.headers["Location"] == f"/api/v1/works/{asked.json['id']}"
    assert (asked.json["status"], asked.json["scheduler_alive"]) == ("waiting", False)
    work = f"/works/{asked.json['id']}"
    assert caller.get("tra_head", f"{work}/file").status_code == 404
    assert do_works(caller.app) == 1
    shown = caller.get("tra_head", work).json
    assert (shown["status"], shown["has_file"], shown["file_name"]) == ("done", True, "progress-2026-03-en.pdf")
    assert shown["name"]["en"] == "Progress report, March 2026 (English; PDF)"
    file, content = fetch(caller, "tra_head", shown["id"])
    assert content.startswith(b"%PDF-")
    assert file.headers["Cache-Control"] == "private, no-store"
    assert "progress-2026-03-en.pdf" in file.headers["Content-Disposition"]
    for path in (work, f"{work}/file"):
        assert caller.get("office1", path).status_code == 404
    for action in ("cancel", "again", "apply"):
        assert caller.post("office1", f"{work}/{action}").status_code == 404
    assert [one["id"] for one in caller.get("tra_head", "/reports").json["items"]] == [asked.json["id"]]
    assert caller.get("office1", "/works").json["items"] == []


def test_every_fault_of_a_wish_is_told(caller: Caller) -> None:
    """Wrong arguments, unknown names and kinds: 422 with all of them."""
    answer = caller.post(
        "office1", "/works", {"kind": "report", "arguments": {"month": "1999-01", "lang": "fr", "x": 1}}
    )
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json["faults"]} == {"month", "lang", "x"}
    answer = caller.post("office1", "/works", {"kind": "export", "arguments": {"query": 5, "format": "pdf", "y": 1}})
    assert {fault["field"] for fault in answer.json["faults"]} == {"query", "format", "y"}
    assert caller.post("office1", "/works", {"kind": "import"}).status_code == 422
    assert caller.post("office1", "/reports", {}).status_code == 422
    assert caller.get("office1", "/works?cursor=broken").status_code == 422


def test_a_repeated_request_is_one_work(caller: Caller) -> None:
    """Idempotency-Key: the second answer is the first work's; another content under the key is refused."""
    body = {"kind": "report", "arguments": {"month": "2026-03", "lang": "zh"}}
    first = caller.post("office1", "/works", body, Idempotency_Key="k1")
    again = caller.post("office1", "/works", body, Idempotency_Key="k1")
    assert (again.json["id"], again.headers["Idempotency-Replayed"]) == (first.json["id"], "true")
    other = {"kind": "report", "arguments": {"month": "2026-03", "lang": "en"}}
    assert caller.post("office1", "/works", other, Idempotency_Key="k1").status_code == 422


def test_an_export_holds_what_its_person_may_read(caller: Caller, city: City) -> None:
    """The list's address decides which rows, the posts at the time of running which of them are seen."""
    city.task("交通的任务", lead="TRA")
    city.task("能源的任务", lead="ENE")
    for login, seen, unseen in (("tra_head", "交通的任务", "能源的任务"), ("ene_head", "能源的任务", "交通的任务")):
        body = {"kind": "export", "arguments": {"query": "kind=task", "format": "csv"}}
        work_id = caller.post(login, "/works", body).json["id"]
        assert do_works(caller.app) == 1
        shown = caller.get(login, f"/works/{work_id}").json
        assert shown["result"] == {"rows": 1}, shown
        text = fetch(caller, login, work_id)[1].decode("utf-8-sig")
        assert seen in text
        assert unseen not in text


def test_who_lost_their_posts_gets_no_file_either(caller: Caller, city: City) -> None:
    """Made while they held a post, fetched afterwards: refused."""
    work_id = caller.post("tra_head", "/reports", {"month": "2026-03"}).json["id"]
    do_works(caller.app)
    with city.database.writing() as session:
        held = Holding.person_id == city.people["tra_head"]
        session.execute(update(Holding).where(held).values(to_on=NOW.date()))
    assert caller.get("tra_head", f"/works/{work_id}/file").status_code == 403
    assert caller.post("tra_head", "/reports", {"month": "2026-03"}).status_code == 403


def test_a_ledger_is_tried_then_imported(caller: Caller, city: City) -> None:
    """The dry run tells what would be and writes nothing; applying it imports everything, once."""
    tried = send(caller, "office1", LEDGER, row_kind="task")
    assert tried.status_code == 202, tried.json
    do_works(caller.app)
    shown = caller.get("office1", f"/works/{tried.json['id']}").json
    assert (shown["status"], shown["result"]["created"], shown["result"]["dry_run"]) == ("done", 2, True), shown
    assert count_items(city) == 0
    applied = caller.post("office1", f"/works/{tried.json['id']}/apply")
    assert applied.status_code == 202
    do_works(caller.app)
    shown = caller.get("office1", f"/works/{applied.json['id']}").json
    assert (shown["status"], shown["result"]["created"], shown["result"]["dry_run"]) == ("done", 2, False)
    assert count_items(city) == 2
    assert caller.post("office1", f"/works/{applied.json['id']}/apply").status_code == 409
    again = send(caller, "office1", LEDGER)
    do_works(caller.app)
    assert caller.get("office1", f"/works/{again.json['id']}").json["result"]["unchanged"] == 2


def test_a_faulty_ledger_is_refused_as_a_whole(caller: Caller, city: City) -> None:
    """Its dry run lists the faults and cannot be applied; sent at once, the import fails with every one of them."""
    faulty = LEDGER + "A-3,任务,丙任务,没有的局,2026-06-01\nA-4,任务,丁任务,也没有的局,2026-06-01\n"
    tried = send(caller, "office1", faulty)
    do_works(caller.app)
    shown = caller.get("office1", f"/works/{tried.json['id']}").json
    assert shown["result"]["refused"]
    assert len([one for one in shown["result"]["findings"] if one["severity"] == "fault"]) == 2, shown["result"]
    assert caller.post("office1", f"/works/{tried.json['id']}/apply").status_code == 409
    straight = send(caller, "office1", faulty, dry_run="false")
    do_works(caller.app)
    shown = caller.get("office1", f"/works/{straight.json['id']}").json
    assert (shown["status"], len(shown["fault"]["faults"])) == ("failed", 2)
    assert count_items(city) == 0
    again = caller.post("office1", f"/works/{straight.json['id']}/again")
    assert again.status_code == 202
    assert again.json["id"] != straight.json["id"]


def test_only_office_and_administrators_import(caller: Caller, city: City) -> None:
    """A head is refused before anything is stored; bad names and mappings are told together."""
    assert send(caller, "tra_head", LEDGER).status_code == 403
    with city.database.reading() as session:
        assert session.query(LongWork).count() == 0
    answer = send(caller, "office1", LEDGER, name="台账.doc", mapping="none", row_kind="slip")
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json["faults"]} == {"file", "mapping", "row_kind"}


def test_a_cancelled_import_imports_nothing(caller: Caller, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """All or nothing: taken back in the middle of writing, not one row stays."""
    tried = send(caller, "office1", LEDGER, dry_run="false")

    monkeypatch.setattr("app.jobs.long_work.Voice.tell", _cancel_late)
    do_works(caller.app)
    shown = caller.get("office1", f"/works/{tried.json['id']}").json
    assert shown["status"] == "cancelled"
    assert count_items(city) == 0


def _cancel_late(voice: Any, done: int, total: int | None) -> None:  # noqa: ANN401  # a voice
    del voice
    if total and done >= total:
        raise EndedError("cancelled")


def test_the_scheduler_is_told_of(caller: Caller, city: City) -> None:
    """What waits says whether a process lives that will do it."""
    work_id = caller.post("office1", "/reports", {"month": "2026-03"}).json["id"]
    with city.database.writing() as session:
        beat(session, NOW, NOW, outcome="alive")
    with city.database.reading() as session:
        assert last_runs(session, NOW).is_alive
    assert caller.get("office1", f"/works/{work_id}").json["scheduler_alive"]
    assert caller.post("office1", f"/works/{work_id}/cancel").json["status"] == "cancelled"
