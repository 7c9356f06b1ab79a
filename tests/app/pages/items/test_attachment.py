"""Files on the pages, without script: added, listed, saved, taken away."""

import io
import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.models.attachment import Attachment
from app.models.organisation import Person
from app.pages.items.attachment_panel import show_size
from tests.app.pages.conftest import Visit
from tests.app.services.acts import rows
from tests.app.services.attachment.files import PDF
from tests.city import City

Begin = Callable[[str], Visit]


def send(visit: Visit, address: str, content: bytes = PDF, name: str = "批示.pdf", **fields: str) -> TestResponse:
    """Send the upload form of the page that was read last."""
    data = {"csrf_token": visit.token, "kind": "scan", **fields, "file": (io.BytesIO(content), name)}
    return visit.client.post(address, data=data, content_type="multipart/form-data")


def panel_key(visit: Visit) -> str:
    """Return the key of the upload form of the page that was read last."""
    part = visit.last.partition('id="attachments"')[2]
    found = re.search(r'name="key" value="([^"]+)"', part)
    return found[1] if found else ""


def test_a_file_is_added_saved_and_taken_away(city: City, visit: Begin) -> None:
    """The whole way of one file, by forms."""
    task = city.task()
    head = visit("tra_head")
    page = head.get(f"/items/{task}").text
    assert "上传附件" in page
    assert "严禁上传涉密文件" in page
    answer = send(head, f"/items/{task}/attachments", key=panel_key(head))
    assert (answer.status_code, answer.location) == (303, f"/items/{task}#attachments")
    page = head.get(f"/items/{task}").text
    assert "附件已上传。" in page
    assert "批示.pdf" in page
    assert "扫描件" in page
    (attachment,) = rows(city, select(Attachment.id))[0]
    down = head.client.get(f"/attachments/{attachment}/content", buffered=True)
    assert down.data == PDF
    assert down.headers["Content-Security-Policy"].startswith("sandbox")
    assert down.headers["Content-Disposition"].startswith("attachment; ")
    assert down.headers["X-Content-Type-Options"] == "nosniff"
    head.get(f"/items/{task}")
    empty = head.post(f"/attachments/{attachment}/remove", reason=" ")
    assert empty.status_code == 303
    assert "请填写移除的原因。" in head.get(f"/items/{task}").text
    assert head.post(f"/attachments/{attachment}/remove", reason="传错了").status_code == 303
    page = head.get(f"/items/{task}").text
    assert "附件已移除，记录保留。" in page
    assert "批示.pdf" not in page


def test_a_double_click_adds_one_file(city: City, visit: Begin) -> None:
    """The same form twice is one file."""
    task = city.task()
    office = visit("office1")
    office.get(f"/items/{task}")
    key = panel_key(office)
    assert [send(office, f"/items/{task}/attachments", key=key).status_code for _ in range(2)] == [303, 303]
    assert len(rows(city, select(Attachment.id))) == 1


def test_a_refusal_is_told_on_the_item(city: City, visit: Begin) -> None:
    """Every fault is said above the item; nothing is kept."""
    task = city.task()
    office = visit("office1")
    office.get(f"/items/{task}")
    answer = send(office, f"/items/{task}/attachments", b"MZ\x90", "机密★.pdf")
    assert answer.status_code == 303
    page = office.get(f"/items/{task}").text
    assert "严禁上传涉密文件；请立即联系" in page
    assert "文件内容是Windows程序" in page
    without = office.post(f"/items/{task}/attachments", kind="scan")
    assert without.status_code == 303
    assert "请选择要上传的文件。" in office.get(f"/items/{task}").text
    broken = send(office, f"/items/{task}/attachments", key="é")
    assert broken.status_code == 303
    assert "页面已失效" in office.get(f"/items/{task}").text
    assert rows(city, select(Attachment.id)) == []


def test_who_only_reads_sees_no_form(city: City, visit: Begin) -> None:
    """A leader sees files and no form; sent all the same it is 403; who may not read gets 404."""
    task = city.task()
    leader = visit("leader")
    page = leader.get(f"/items/{task}").text
    assert "没有附件" in page
    assert "上传附件" not in page
    assert send(leader, f"/items/{task}/attachments").status_code == 403
    stranger = visit("pol_head")
    stranger.get("/")
    assert send(stranger, f"/items/{task}/attachments").status_code == 404
    office = visit("office1")
    office.get(f"/items/{task}")
    send(office, f"/items/{task}/attachments")
    (attachment,) = rows(city, select(Attachment.id))[0]
    assert stranger.get(f"/attachments/{attachment}/content").status_code == 404
    assert stranger.post(f"/attachments/{attachment}/remove", reason="x").status_code == 404
    assert "移除这个附件" not in leader.get(f"/items/{task}").text
    assert leader.post(f"/attachments/{attachment}/remove", reason="x").status_code == 403
    with city.database.writing() as session:
        session.execute(update(Attachment).values(uploaded_by=city.people["tra_head"]))
    head = visit("tra_head")
    assert "移除这个附件" in head.get(f"/items/{task}").text


def test_a_form_without_its_token_and_a_stranger_are_refused(app: Flask, city: City, visit: Begin) -> None:
    """Against forgery; nobody who is not logged in sends a large body."""
    task = city.task()
    office = visit("office1")
    office.get(f"/items/{task}")
    assert send(office, f"/items/{task}/attachments", csrf_token="x").status_code == 400
    stranger = Visit(app.test_client())
    stranger.get("/login")
    assert send(stranger, f"/items/{task}/attachments").status_code == 303
    assert send(stranger, f"/items/{task}/attachments", b"a" * 100_000, "a.txt").status_code == 413
    assert rows(city, select(Attachment.id)) == []


def test_a_closed_item_says_why_nothing_is_added(city: City, visit: Begin) -> None:
    """A page that was open while the item closed: the sentence stands above the item."""
    task = city.task()
    for login, action in (("office1", "assign"), ("tra_head", "receive"), ("tra_head", "start")):
        city.do(login, task, action)
    head = visit("tra_head")
    head.get(f"/items/{task}")
    assert send(head, f"/items/{task}/attachments").status_code == 303
    (attachment,) = rows(city, select(Attachment.id))[0]
    city.do("tra_head", task, "submit", {"evidence": "x"})
    city.do("office1", task, "verify")
    assert send(head, f"/items/{task}/attachments", name="晚到.pdf").status_code == 303
    page = head.get(f"/items/{task}").text
    assert "事项已了结，只有协调办可以补充附件。" in page
    assert head.post(f"/attachments/{attachment}/remove", reason="x").status_code == 303
    assert "附件只能由协调办移除" in head.get(f"/items/{task}").text


def test_the_panel_reads_in_english(city: City, visit: Begin) -> None:
    """P88: both languages, also for what was refused."""
    task = city.task()
    office = visit("office1")
    with city.database.writing() as session:
        session.execute(update(Person).values(locale="en"))
    office.get(f"/items/{task}")
    send(office, f"/items/{task}/attachments", b"", "a.pdf")
    page = office.get(f"/items/{task}").text
    assert "The file is empty." in page
    assert "At most 50 MB a file." in page
    assert "pdf, ofd, docx" in page


def test_sizes_read_well() -> None:
    """Two figures at least, one unit."""
    shown = [show_size(size) for size in (1, 1023, 1024, 1500, 15_000, 1_500_000, 52_428_800, 3 * 1024**3)]
    assert shown == ["1 B", "1023 B", "1.0 KB", "1.5 KB", "15 KB", "1.4 MB", "50 MB", "3.0 GB"]
