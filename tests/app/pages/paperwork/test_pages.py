"""Pages of issued papers: the public check without log-in and script, the list, one paper, its correction."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.edge.attachment import open_store
from app.edge.context import current_context
from app.edge.paperwork.issuing import issue_paper
from app.edge.paperwork.kind import Ask
from app.pages.paperwork import verify
from tests.app.edge.paperwork.drawing import add_city_paper
from tests.app.pages.conftest import Visit
from tests.city import NOW, City
from tests.delegating import lend


def _issue(app: Flask, city: City, month: str = "2026-02") -> int:
    with app.app_context():
        context, person_id = current_context(), city.people["office1"]
        return issue_paper(context, person_id, "made_up", Ask(None, month), source="test").paper_id


def test_anybody_checks_a_paper_by_code_and_by_file(
    app: Flask, city: City, visit: Callable[[str], Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code alone, a file alone, both; an altered file is told as one, and what was sent is kept nowhere."""
    add_city_paper(monkeypatch)
    paper_id = _issue(app, city)
    office = visit("office1")
    shown = office.get(f"/papers/{paper_id}").text
    found = re.search(r"/verify/([0-9A-Z]{20})", shown)
    assert found is not None
    code = found[1]
    content = office.get(f"/papers/{paper_id}/files/pdf?lang=zh").data
    stranger = visit("")
    page = stranger.get("/verify")
    assert page.status_code == 200
    spaced = code[:4] + " " + code[4:].lower()
    led = stranger.post("/verify", code=spaced)
    assert (led.status_code, led.headers["Location"]) == (303, f"/verify/{code}")
    assert "真件，现行有效" in stranger.get(f"/verify/{code}").text
    with app.app_context():
        before = set(open_store(current_context()).names())

    def send(data: bytes, typed: str = "") -> str:
        fields = {"csrf_token": stranger.token, "code": typed, "file": (io.BytesIO(data), "a.pdf")}
        return stranger.client.post("/verify", data=fields, content_type="multipart/form-data").text

    assert "与签发的一致" in send(content)
    assert "与签发的一致" in send(content, code)
    assert "与签发的不一致" in send(content + b" ", code)
    assert "查无此件" in send(content + b" ")
    _issue(app, city, "2026-01")
    other = office.get(f"/papers/{paper_id + 1}/files/pdf?lang=zh").data
    assert "是另一份签发文件" in send(other, code)
    with app.app_context():
        assert len(set(open_store(current_context()).names()) - before) == 2  # of the second paper alone
    monkeypatch.setattr(verify, "FILE_MB", 0)
    too_large = stranger.client.post(
        "/verify", content_type="multipart/form-data",
        data={"csrf_token": stranger.token, "file": (io.BytesIO(b"x" * 100_000), "a.pdf")},
    )  # fmt: skip
    assert too_large.status_code == 413
    assert stranger.post("/verify", code="").status_code == 422
    unknown = stranger.get(f"/verify/{'0' * 20}")
    assert unknown.status_code == 404
    assert "查无此件" in unknown.text
    assert "<script>" not in stranger.get("/verify/<script>alert(1)</script>").text


def test_the_list_filters_and_the_office_corrects(
    app: Flask, city: City, visit: Callable[[str], Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By kind and year; a correction needs its reason, what was typed stays; departments see neither form nor paper."""
    add_city_paper(monkeypatch)
    paper_id = _issue(app, city)
    office = visit("office1")
    assert "样〔2026〕1号" in office.get("/papers?kind=made_up&year=2026").text
    assert "没有符合筛选的签发文件" in office.get("/papers?kind=slip").text
    assert "样〔2026〕1号" not in office.get("/papers?year=2025").text
    page = office.get(f"/papers/{paper_id}").text
    assert "签发更正版" in page
    refused = office.post(f"/papers/{paper_id}/corrections", reason="  ")
    assert refused.status_code == 422
    assert "请写明更正原因" in refused.text
    long = office.post(f"/papers/{paper_id}/corrections", reason="长" * 501)
    assert long.status_code == 422
    assert "长" * 501 in long.text
    asked = office.post(f"/papers/{paper_id}/corrections", reason="数字有误")
    assert (asked.status_code, asked.headers["Location"][:7]) == (303, "/works/")
    assert office.post("/papers", kind="made_up", period="2026-01").headers["Location"][:7] == "/works/"
    head = visit("tra_head")
    assert head.get(f"/papers/{paper_id}").status_code == 404
    assert "签发全市文件" not in head.get("/papers").text
    assert head.post(f"/papers/{paper_id}/corrections", reason="x").status_code == 403
    assert head.post("/papers", kind="made_up", period="2026-03").status_code == 403


def test_who_stands_in_for_the_office_corrects(
    app: Flask, city: City, visit: Callable[[str], Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lent office's post counts for list, form and correction alike: no form is shown that is refused when sent."""
    add_city_paper(monkeypatch)
    paper_id = _issue(app, city)
    lend(city, "office1", "wea_head", from_at=NOW)
    substitute = visit("wea_head")
    assert "签发更正版" in substitute.get(f"/papers/{paper_id}").text
    asked = substitute.post(f"/papers/{paper_id}/corrections", reason="数字有误")
    assert (asked.status_code, asked.headers["Location"][:7]) == (303, "/works/")
