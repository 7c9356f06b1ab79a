"""Files over the API: up, listed, down, away; cases P17, P18, P100 and P101."""

import io
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import select, update

from app.edge.attachment import name_download
from app.models.attachment import Attachment
from app.models.organisation import Holding
from app.models.record import Audit
from app.services.attachment.naming import clean_name
from tests.app.services.acts import rows
from tests.app.services.attachment.files import PDF, make_docx
from tests.city import NOW
from tests.client import Caller, without_number


def upload(
    caller: Caller,
    login: str | None,
    path: str,
    content: bytes = PDF,
    name: str = "批示.pdf",
    **more: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401  # JSON
    """POST a file; `kind` goes into the form, the rest into the headers."""
    data: dict[str, Any] = {"file": (io.BytesIO(content), name)}
    if "kind" in more:
        data["kind"] = more.pop("kind")
    headers = {header.replace("_", "-"): value for header, value in more.items()}
    if login is not None:
        headers["Authorization"] = f"Bearer {caller.token(login)}"
    return caller.client.post(f"/api/v1{path}", data=data, content_type="multipart/form-data", headers=headers)


def delete(caller: Caller, login: str, path: str, body: Any) -> Any:  # noqa: ANN401  # JSON
    headers = {"Authorization": f"Bearer {caller.token(login)}"}
    return caller.client.delete(f"/api/v1{path}", json=body, headers=headers)


def download(caller: Caller, login: str, attachment: int, **headers: str) -> Any:  # noqa: ANN401  # an answer
    """GET a file's bytes, read to the end and closed as a server does."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent["Authorization"] = f"Bearer {caller.token(login)}"
    return caller.client.get(f"/api/v1/attachments/{attachment}/content", headers=sent, buffered=True)


def stored(caller: Caller) -> list[Path]:
    """Return the files in the store."""
    return [path for path in (caller.context.settings.var / "files").rglob("*") if path.is_file()]


def test_a_file_goes_up_and_comes_down(caller: Caller) -> None:
    """Up, listed, shown, handed out with headers that let no browser run it, taken away with a reason."""
    task = caller.city.task()
    made = upload(caller, "tra_staff", f"/items/{task}/attachments", kind="evidence")
    assert made.status_code == 201, made.json
    shown = made.json
    assert (shown["name"], shown["media_type"], shown["kind"]) == ("批示.pdf", "application/pdf", "evidence")
    assert (shown["size_bytes"], shown["uploaded_by_name"]) == (len(PDF), "测试tra_staff")
    assert caller.get("ene_head", f"/items/{task}/attachments").status_code == 404
    assert caller.get("office1", f"/items/{task}/attachments").json == {"items": [shown], "next_cursor": None}
    one = f"/attachments/{shown['id']}"
    assert caller.get("office1", one).json == shown
    down = download(caller, "office1", shown["id"])
    assert down.data == PDF
    assert down.headers["Content-Type"] == "application/pdf"
    assert down.headers["Content-Length"] == str(len(PDF))
    assert down.headers["X-Content-Type-Options"] == "nosniff"
    assert down.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert down.headers["Content-Disposition"].startswith("attachment; filename=")
    assert down.headers["ETag"] == f'"{shown["sha256"]}"'
    assert down.headers["Cache-Control"] == "private, no-cache"
    same = download(caller, "office1", shown["id"], If_None_Match=down.headers["ETag"])
    assert (same.status_code, same.data) == (304, b"")
    gone = delete(caller, "tra_staff", one, {"reason": "传错了"})
    assert (gone.status_code, gone.json) == (200, {"id": shown["id"], "removed": True})
    for path in (one, f"{one}/content"):
        assert caller.get("office1", path).status_code == 404
    assert caller.get("office1", f"/items/{task}/attachments").json["items"] == []


def test_what_is_not_whole_is_refused_with_every_fault(caller: Caller) -> None:
    """422: name, kind and content at once; nothing is stored and no row written."""
    task = caller.city.task()
    path = f"/items/{task}/attachments"
    answer = upload(caller, "office1", path, b"MZ\x90\x00", f"机密★{'长' * 250}.pdf", kind="x")
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json["faults"]] == ["file", "file", "kind", "file"]
    assert "严禁上传涉密文件" in answer.text
    assert "Windows程序" in answer.text
    headers = {"Authorization": f"Bearer {caller.token('office1')}"}
    without = caller.client.post(f"/api/v1{path}", data={"kind": "scan"}, headers=headers)
    assert (without.status_code, without.json["faults"][0]["zh"]) == (422, "请选择要上传的文件。")
    two = {"file": [(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(PDF), "b.pdf")]}
    both = caller.client.post(f"/api/v1{path}", data=two, headers=headers)
    assert (both.status_code, both.json["faults"][0]["zh"]) == (422, "每次只能上传一个文件。")
    assert caller.post("office1", path, {"file": "x"}).status_code == 422
    assert stored(caller) == []
    assert rows(caller.city, select(Attachment.id)) == []


@pytest.mark.parametrize("name", [
    "../../etc/cron.d/x.pdf", "..\\..\\x.pdf", "C:\\x.pdf", "a\x00.pdf", "%2e%2e%2fx.pdf", "....//x.pdf",
])  # fmt: skip
def test_p100_no_name_leads_outside_the_store(caller: Caller, name: str) -> None:
    """P100: stored under the hash inside the store; nothing outside is touched; the shown name has no path."""
    var = caller.context.settings.var
    before = {path for path in var.parent.rglob("*") if var / "files" not in (path, *path.parents)}
    answer = upload(caller, "office1", f"/items/{caller.city.task()}/attachments", name=name)
    assert answer.status_code == 201
    assert not set(answer.json["name"]) & set("/\\\x00")
    (path,) = stored(caller)
    assert path.name == answer.json["sha256"]
    assert {path for path in var.parent.rglob("*") if var / "files" not in (path, *path.parents)} == before


def test_p100_refused_names(caller: Caller) -> None:
    """P100: a name of 300 characters, an executable's ending, a dot file without one."""
    path = f"/items/{caller.city.task()}/attachments"
    for name in ("报" * 300 + ".pdf", "report.pdf.exe", ".htaccess"):
        assert upload(caller, "office1", path, name=name).status_code == 422, name
    assert stored(caller) == []


@pytest.mark.parametrize("name", [
    "(2026)第三次协调会纪要（终稿）.pdf", 'a"b;c%20d.pdf', "a\r\nX-Evil: 1.pdf", "表情😀.pdf", "é ñ.pdf", "a'b*c.pdf",
])  # fmt: skip
def test_p101_the_name_comes_down_whole(caller: Caller, name: str) -> None:
    """P101: a plain name and filename* in percent form; no header is injected, nothing but ASCII goes out."""
    made = upload(caller, "office1", f"/items/{caller.city.task()}/attachments")
    kept = clean_name(name)[0]
    with caller.city.database.writing() as session:  # the tests' own client cannot send every name as browsers do
        session.execute(update(Attachment).values(name=kept))
    down = download(caller, "office1", made.json["id"])
    given = down.headers["Content-Disposition"]
    assert given.isascii()
    assert "X-Evil" not in down.headers
    plain, _, full = given.partition("; filename*=UTF-8''")
    assert unquote(full) == kept
    assert not set(full) & set("()'\";, ")
    quoted = plain.removeprefix('attachment; filename="').removesuffix('"')
    assert quoted
    assert not set(quoted) & set('";%\\')
    assert quoted.endswith(".pdf")


def test_p101_a_plain_name_never_is_empty() -> None:
    """P101: a name without one plain letter still has one for old browsers."""
    assert name_download("终稿.pdf") == "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E7%BB%88%E7%A8%BF.pdf"
    assert name_download("终稿").startswith('attachment; filename="file"; ')


def test_p101_an_ending_adds_nothing_to_the_header() -> None:
    """P101: a quote, a semicolon, a line break behind the last dot stay within the name."""
    said = name_download('a.x"; filename=evil.exe\r\nX-Planted: 1')
    assert said.startswith('attachment; filename="a.x__ filename_evil.exe__X_Planted__1"; ')
    assert said.count('"') == 2
    assert not {"\r", "\n"} & set(said)


def test_a_repeated_upload_happens_once(caller: Caller) -> None:
    """Idempotency-Key, and the same file within a minute."""
    path = f"/items/{caller.city.task()}/attachments"
    first = upload(caller, "office1", path, Idempotency_Key="k1")
    again = upload(caller, "office1", path, Idempotency_Key="k1")
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert upload(caller, "office1", path).json == first.json
    other = upload(caller, "office1", path, make_docx(), "方案.docx", Idempotency_Key="k1")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert len(caller.get("office1", path).json["items"]) == 1


def test_permissions_are_the_items(caller: Caller) -> None:
    """401, 404 where nothing may be read, 403 where it may be read and not added; refused before anything is stored."""
    task = caller.city.task()
    path = f"/items/{task}/attachments"
    assert upload(caller, None, path).status_code == 401
    assert upload(caller, "pol_head", path).status_code == 404
    assert upload(caller, "office1", "/items/999999/attachments").status_code == 404
    refused = upload(caller, "auditor", path)
    assert (refused.status_code, refused.json["code"]) == (403, "not_yours")
    assert stored(caller) == []
    one = f"/attachments/{upload(caller, 'tra_head', path).json['id']}"
    for url in (one, f"{one}/content", "/attachments/999999", f"/attachments/{2**70}"):
        assert caller.get("pol_head", url).status_code == 404
    assert delete(caller, "tra_staff", one, {"reason": "x"}).status_code == 403
    assert delete(caller, "pol_head", one, {"reason": "x"}).status_code == 404
    unknown = delete(caller, "pol_head", "/attachments/999999", {"reason": "x"})
    unseen = delete(caller, "pol_head", one, {"reason": "x"})
    assert without_number(unseen) == without_number(unknown)
    assert delete(caller, "tra_head", one, {}).status_code == 422
    audits = rows(caller.city, select(Audit.action, Audit.item_id).where(Audit.outcome == "refused"))
    assert ("api_attachment.add_to_item", task) in [tuple(audit) for audit in audits]


def test_p17_the_address_of_a_file_opens_nothing(caller: Caller) -> None:
    """P17: nobody, a stranger, who has left the department, and after the removal: 401, 404; never a shared cache."""
    city = caller.city
    task = city.task()
    one = upload(caller, "tra_head", f"/items/{task}/attachments").json["id"]
    path = f"/attachments/{one}/content"
    down = download(caller, "tra_staff", one)
    assert (down.status_code, down.headers["Cache-Control"].split(",")[0]) == (200, "private")
    assert caller.client.get(f"/api/v1{path}").status_code == 401
    assert download(caller, "wea_head", one).status_code == 404
    left = update(Holding).where(Holding.person_id == city.people["tra_staff"]).values(to_on=NOW.date())
    with city.database.writing() as session:
        session.execute(left)
    assert download(caller, "tra_staff", one).status_code == 404
    assert delete(caller, "tra_head", f"/attachments/{one}", {"reason": "误传"}).status_code == 200
    for login in ("tra_head", "office1"):
        assert download(caller, login, one).status_code == 404


def test_each_reading_of_a_confidential_file_is_on_record(caller: Caller) -> None:
    """Downloads of confidential items' files are audited, an auditor's always; no cache keeps them."""
    city = caller.city
    task, plain = city.task(confidential=True), city.task()
    one = upload(caller, "director", f"/items/{task}/attachments").json["id"]
    two = upload(caller, "office1", f"/items/{plain}/attachments").json["id"]
    down = download(caller, "tra_head", one, If_None_Match="*")
    assert (down.status_code, down.headers["Cache-Control"]) == (200, "private, no-store")
    assert caller.get("office1", f"/attachments/{one}/content").status_code == 404
    for login in ("office1", "auditor"):
        assert download(caller, login, two).status_code == 200
    found = rows(city, select(Audit.actor_id, Audit.item_id, Audit.subject).where(Audit.action == "read_attachment"))
    assert sorted(tuple(row) for row in found) == sorted([
        (city.people["tra_head"], task, f"attachment:{one}"), (city.people["auditor"], plain, f"attachment:{two}"),
    ])  # fmt: skip


def test_too_large_is_told_with_the_limit(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """LIANBAN_MAX_FILE_MB bounds the file and the request; the sentence names the limit, nothing is kept."""
    monkeypatch.setattr("app.edge.attachment._MB", 10)  # 50 "MB" are 500 bytes then
    monkeypatch.setattr("app.edge.attachment._AROUND", 2000)
    path = f"/items/{caller.city.task()}/attachments"
    for size in (501, 5000):
        answer = upload(caller, "office1", path, b"a" * size, "a.txt")
        assert (answer.status_code, answer.json["code"]) == (422, "file_too_large")
        assert answer.json["faults"][0]["zh"] == "文件最大50MB。"
    assert stored(caller) == []
    assert upload(caller, "office1", path, b"a" * 500, "a.txt").status_code == 201


def test_missing_bytes_are_told_plainly(caller: Caller) -> None:
    """503 with a sentence, and nothing about the inside."""
    made = upload(caller, "office1", f"/items/{caller.city.task()}/attachments").json
    (path,) = stored(caller)
    path.unlink()
    answer = caller.get("office1", f"/attachments/{made['id']}/content")
    assert (answer.status_code, answer.json["code"]) == (503, "file_missing")
    assert "files" not in answer.json["detail"]


def test_a_row_that_cannot_be_written_leaves_an_orphan_only(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes first, then the row: after a failure there may be bytes without a row, never the reverse.

    P18: a file comes with its item or not at all, so what is attached to nothing has no address; upkeep removes it.
    """

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    task = caller.city.task()
    monkeypatch.setattr("app.services.attachment.adding.write_audit", fail)
    with pytest.raises(ZeroDivisionError):
        upload(caller, "office1", f"/items/{task}/attachments")
    assert rows(caller.city, select(Attachment.id)) == []
    assert len(stored(caller)) == 1
