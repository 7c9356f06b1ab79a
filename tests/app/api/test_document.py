"""The register of documents over the API."""

from typing import Any

from sqlalchemy import select, update

from app.models.item import Task
from app.models.organisation import Holding
from app.models.record import Audit
from tests.app.api.test_attachment import download, upload
from tests.app.services.acts import rows
from tests.city import NOW
from tests.client import Caller

LETTER = {"kind": "letter", "title": "关于报送数据目录的函", "number": "云数函〔2026〕3号", "issuer": "数据局"}


def register(caller: Caller, login: str = "office1", **more: Any) -> Any:  # noqa: ANN401  # JSON
    """Register a document."""
    key = more.pop("key", None)
    headers = {"Idempotency_Key": key} if key else {}
    return caller.post(login, "/documents", {**LETTER, **more}, **headers)


def patch(caller: Caller, login: str, document: int, body: Any, version: int | None = 1) -> Any:  # noqa: ANN401  # JSON
    headers = {"Authorization": f"Bearer {caller.token(login)}"}
    headers |= {} if version is None else {"If-Match": f'"{version}"'}
    return caller.client.patch(f"/api/v1/documents/{document}", json=body, headers=headers)


def test_a_document_is_registered_and_read(caller: Caller) -> None:
    """The register numbers it, shows it with its ETag, and lists it."""
    made = register(caller, leader_name="王某", text="请认真研究。\n抓好落实。", urgency="urgent")
    assert made.status_code == 201, made.json
    assert made.headers["ETag"] == '"1"'
    assert made.headers["Location"] == f"/api/v1/documents/{made.json['id']}"
    assert made.json["register_number"] == "收〔2026〕1号"
    assert made.json["received_on"] == "2026-03-02"
    assert (made.json["readers"], made.json["tasks"], made.json["closed_at"]) == ([], [], None)
    shown = caller.get("office2", f"/documents/{made.json['id']}")
    assert (shown.status_code, shown.json) == (200, made.json)
    asked = register(caller)
    assert (asked.status_code, asked.json["code"]) == (409, "document_known")
    assert register(caller, again=True).json["register_number"] == "收〔2026〕2号"
    listed = caller.get("office1", "/documents").json
    assert [row["register_number"] for row in listed["items"]] == ["收〔2026〕2号", "收〔2026〕1号"]
    assert listed["next_cursor"] is None


def test_every_fault_is_told_at_once(caller: Caller) -> None:
    """422 with each field; no number is used up."""
    answer = caller.post("office1", "/documents", {
        "kind": "instruction", "title": " ", "number": "9" * 61, "received_on": "2026-03-03", "readers": [999999],
        "leader_post_id": caller.city.posts["office1"], "text": "长" * 20001,
    })  # fmt: skip
    assert answer.status_code == 422
    fields = [fault["field"] for fault in answer.json["faults"]]
    assert sorted(fields) == ["leader_post_id", "number", "readers", "received_on", "text", "title"]
    typed = caller.post("office1", "/documents", {"kind": "x", "readers": "all", "dated_on": "gestern", "closed": True})
    assert sorted(fault["field"] for fault in typed.json["faults"]) == [
        "closed",
        "dated_on",
        "kind",
        "readers",
        "title",
    ]
    later = register(caller, dated_on="2026-03-02", received_on="2026-03-01")
    assert later.json["faults"][0]["field"] == "dated_on"
    unnamed = register(caller, kind="instruction")
    assert unnamed.json["faults"][0]["field"] == "leader_name"
    assert register(caller, received_on="1999-12-31").json["faults"][0]["field"] == "received_on"
    assert register(caller).json["register_number"] == "收〔2026〕1号"


def test_a_repeated_registration_happens_once(caller: Caller) -> None:
    """Idempotency-Key: the first answer; other content is refused."""
    first = register(caller, key="k")
    again = register(caller, key="k")
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert register(caller, key="k", title="另一份").json["code"] == "idempotency_key_reused"
    assert len(caller.get("office1", "/documents").json["items"]) == 1


def test_a_repetition_shows_nothing_that_is_no_longer_ones_to_read(caller: Caller) -> None:
    """Replayed under its key by a clerk who has left the office since: 404, as when it is read."""
    first, city = register(caller, key="k"), caller.city
    with city.database.writing() as session:
        held = Holding.person_id == city.people["office1"]
        session.execute(update(Holding).where(held).values(to_on=NOW.date()))
    again = register(caller, key="k")
    assert (again.status_code, caller.get("office1", f"/documents/{first.json['id']}").status_code) == (404, 404)


def test_who_registers_and_corrects(caller: Caller) -> None:
    """Only the office; who reads gets 403, who does not gets 404."""
    document = register(caller).json["id"]
    for login in ("tra_head", "leader", "auditor", "admin"):
        assert register(caller, login).status_code == 403
    assert patch(caller, "leader", document, {"title": "x"}).status_code == 403
    assert patch(caller, "tra_head", document, {"title": "x"}).status_code == 404
    assert patch(caller, "office1", 999_999, {"title": "x"}).status_code == 404
    assert patch(caller, "office2", document, {"title": "x"}).status_code == 200


def test_a_correction_names_its_version_and_is_on_record(caller: Caller) -> None:
    """If-Match: 428 without, 412 with an old one; the audit keeps before and after; nothing changed is no version."""
    document = register(caller).json["id"]
    assert patch(caller, "office1", document, {"title": "x"}, None).status_code == 428
    changed = patch(caller, "office1", document, {"title": "更正后的标题", "number": None, "closed": True})
    assert (changed.status_code, changed.json["version"], changed.json["number"]) == (200, 2, None)
    assert changed.json["closed_at"] == "2026-03-02T02:00:00+00:00"
    stale = patch(caller, "office2", document, {"title": "y"}, 1)
    assert (stale.status_code, stale.json["current_version"]) == (412, 2)
    same = patch(caller, "office2", document, {"title": "更正后的标题", "closed": True}, 2)
    assert same.json["version"] == 2
    opened = patch(caller, "office2", document, {"closed": False, "readers": [caller.city.people["pol_head"]]}, 2)
    assert (opened.json["version"], opened.json["closed_at"]) == (3, None)
    bad = patch(caller, "office2", document, {"kind": "instruction"}, 3)
    assert bad.json["faults"][0]["field"] == "leader_name"
    found = rows(caller.city, select(Audit.before, Audit.after).where(Audit.action == "correct_document"))
    assert found[0].before == {"title": LETTER["title"], "number": LETTER["number"], "closed_at": None}
    assert found[0].after == {"title": "更正后的标题", "number": None, "closed_at": "2026-03-02T02:00:00+00:00"}
    assert found[1].after["readers"] == [caller.city.people["pol_head"]]
    assert len(found) == 2


def test_who_reads_an_ordinary_document(caller: Caller) -> None:
    """The office, overseers, readers by name, and whoever reads an item made from it."""
    city = caller.city
    document = register(caller, readers=[city.people["pol_head"]]).json["id"]
    path = f"/documents/{document}"
    seen = {login: caller.get(login, path).status_code for login in ("office2", "leader", "auditor", "pol_head")}
    assert set(seen.values()) == {200}
    for login in ("tra_head", "ene_head", "admin"):
        assert caller.get(login, path).status_code == 404
    task = city.task()
    with city.database.writing() as session:
        session.execute(update(Task).where(Task.item_id == task).values(source_document_id=document))
    shown = caller.get("tra_head", path)
    assert shown.status_code == 200
    assert [(row["id"], row["state"], row["light"]) for row in shown.json["tasks"]] == [(task, "draft", "green")]
    assert caller.get("ene_head", path).status_code == 404
    assert caller.get("pol_head", path).json["tasks"] == []
    assert [row["id"] for row in caller.get("tra_head", "/documents").json["items"]] == [document]
    assert caller.get("ene_head", "/documents").json["items"] == []


def test_who_reads_a_confidential_document(caller: Caller) -> None:
    """Who registered it, the director, overseers, named readers; of items made from it only confidential ones count."""
    city = caller.city
    document = register(caller, confidential=True, readers=[city.people["pol_head"]]).json["id"]
    path = f"/documents/{document}"
    for login in ("office1", "director", "leader", "auditor", "pol_head"):
        assert caller.get(login, path).status_code == 200, login
    assert caller.get("office2", path).status_code == 404
    plain, secret = city.task(), city.task(confidential=True)
    for task, tra_head in ((plain, 404), (secret, 200)):
        with city.database.writing() as session:
            session.execute(update(Task).where(Task.item_id == task).values(source_document_id=document))
        assert caller.get("office2", path).status_code == 404
        assert caller.get("tra_head", path).status_code == tra_head
    found = rows(city, select(Audit.actor_id).where(Audit.action == "read_document"))
    assert sorted(row[0] for row in found) == sorted([city.people["leader"], city.people["auditor"]])


def test_a_correction_may_take_ones_own_reading_away(caller: Caller) -> None:
    """Office clerk 2 makes clerk 1's document confidential: done and answered, then not theirs to read."""
    document = register(caller).json["id"]
    answer = patch(caller, "office2", document, {"confidential": True})
    assert (answer.status_code, answer.json["confidential"]) == (200, True)
    assert caller.get("office2", f"/documents/{document}").status_code == 404


def test_scans_are_read_as_their_document(caller: Caller) -> None:
    """The office adds and removes; who reads the document reads its scans; who does not gets 404."""
    city = caller.city
    document = register(caller, readers=[city.people["pol_head"]]).json["id"]
    path = f"/documents/{document}/attachments"
    made = upload(caller, "office1", path, kind="scan")
    assert (made.status_code, made.json["document_id"], made.json["item_id"]) == (201, document, None)
    assert upload(caller, "pol_head", path).status_code == 403
    assert upload(caller, "tra_head", path).status_code == 404
    assert upload(caller, "office1", "/documents/999999/attachments").status_code == 404
    assert caller.get("pol_head", path).json["items"] == [made.json]
    assert caller.get("tra_head", path).status_code == 404
    content = f"/attachments/{made.json['id']}/content"
    assert download(caller, "pol_head", made.json["id"]).status_code == 200
    assert caller.get("tra_head", content).status_code == 404
    headers = {"Authorization": f"Bearer {caller.token('office2')}"}
    done = caller.client.delete(f"/api/v1/attachments/{made.json['id']}", json={"reason": "重扫"}, headers=headers)
    assert done.status_code == 200
    assert caller.get("pol_head", path).json["items"] == []
    assert not rows(city, select(Audit.id).where(Audit.action == "read_attachment"))


def test_the_list_is_filtered_and_paged(caller: Caller) -> None:
    """By kind, by words in every place, page by page; wildcards are letters."""
    for number in range(5):
        register(caller, title=f"通知{number}", number=f"云办〔2026〕{number}号", kind=("plan", "hotline")[number % 2])
    register(caller, title="100%_完成", leader_name="赵某某", kind="instruction")
    first = caller.get("office1", "/documents?limit=4").json
    rest = caller.get("office1", f"/documents?limit=4&cursor={first['next_cursor']}").json
    titles = [row["title"] for row in (*first["items"], *rest["items"])]
    assert titles == ["100%_完成", "通知4", "通知3", "通知2", "通知1", "通知0"]
    assert rest["next_cursor"] is None

    def found(query: str) -> list[str]:
        return [row["title"] for row in caller.get("office1", f"/documents?{query}").json["items"]]

    assert found("kind=hotline") == ["通知3", "通知1"]
    assert found("q=通知 云办〔2026〕3号") == ["通知3"]
    assert found("q=赵某某") == ["100%_完成"]
    assert found("q=0%25_完") == ["100%_完成"]
    assert found("q=通%25") == []
    assert found("q=收〔2026〕2号") == ["通知1"]
    for query in ("kind=x", "limit=0", "cursor=x", "nothing=1"):
        assert caller.get("office1", f"/documents?{query}").status_code == 422


def test_a_leader_is_named_by_post(caller: Caller) -> None:
    """An instruction may name a post of the leadership group; whoever held it on that day is shown."""
    post = caller.city.posts["leader"]
    made = register(caller, kind="instruction", leader_post_id=post, dated_on="2026-02-27").json
    assert (made["leader_post_id"], made["leader_name"], made["leader_holder_name"]) == (post, None, "测试leader")
