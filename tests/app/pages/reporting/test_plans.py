"""Plans as pages: from the form to the file in a recipient's hands; kept by the office alone."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.edge.paperwork.catalogue import PAPERS
from tests.app.pages.conftest import Visit
from tests.app.services.report_plan.planning import make_paper
from tests.city import NOW, City
from tests.messaging import begin as begin_delivery
from tests.messaging import deliver_at
from tests.working import do_works

Begin = Callable[[str], Visit]
FORM = {
    "kind": "made_up", "name": "每月样报", "day": "workday", "number": "1", "rest": "next", "clock": "08:30",
    "languages": "zh", "endings": "docx",
}  # fmt: skip


def make(visitor: Visit, **more: str) -> str:
    """Send the form of a new plan; returns the plan's address."""
    visitor.get("/reports/plans/new?kind=made_up")
    answer = visitor.post("/reports/plans/new", key=visitor.key, **{**FORM, **more})
    assert answer.status_code == 303, answer.text
    return answer.location


def test_from_the_form_to_the_recipient(app: Flask, city: City, visit: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made as the office reads without confidential items; whoever is named opens it by the message, nobody else."""
    begin_delivery(city)
    city.project()
    monkeypatch.setitem(PAPERS, "made_up", make_paper())
    office = visit("director")
    plan = make(office, people="tra_staff、测试ene_head", heads=str(city.departments["POL"]))
    shown = office.get(plan).text
    assert "4月1日 08:30" in re.sub(r"<[^>]+>", "", shown)
    assert office.post(f"{plan}/run", version="1").location == plan
    assert do_works(app) == 1
    delivery = re.findall(r'href="(/reports/deliveries/\d+)"', office.get(plan).text)[0]
    deliver_at(city, NOW)
    for login in ("tra_staff", "ene_head", "pol_head"):
        visitor = visit(login)
        page = visitor.get("/messages").text
        assert "每月样报（样报，2026-02）已生成，请查阅" in page
        opened = re.findall(r'action="(/messages/\d+/open)"', page)
        assert visitor.post(opened[0]).location == delivery
        page = visitor.get(delivery).text
        file = re.findall(rf'href="({delivery}/files/\d+)"', page)[0]
        with visitor.client.get(file) as sent:
            assert sent.data.decode() == "OFFICE/2026-02/zh"
        assert delivery in visitor.get("/reports").text
        assert delivery in visitor.get("/reports/deliveries?lang=en").text
    for login in ("leader", "tra_head", "admin"):
        stranger = visit(login)
        assert stranger.get(delivery).status_code == 404
        assert stranger.get(file).status_code == 404
        assert stranger.get(plan).status_code == 403
    with office.client.get(file) as sent:
        assert sent.status_code == 200


def test_the_form_tells_every_fault_and_keeps_what_was_typed(
    city: City, visit: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each beside its field, in the reader's language; a double click makes one plan."""
    monkeypatch.setitem(PAPERS, "made_up", make_paper())
    office = visit("office1")
    office.get("/reports/plans/new?kind=made_up")
    wrong = {**FORM, "name": "", "clock": "25:00", "number": "31", "people": "没有此人"}
    answer = office.post("/reports/plans/new", key=office.key, **wrong)
    assert answer.status_code == 422
    for said in ("请填写。", "应为时:分", "没有没有此人这个人。", "请写明日期规则"):
        assert said in answer.text
    assert 'value="25:00"' in answer.text
    office.get("/reports/plans/new?kind=made_up")
    key = office.key
    first = office.post("/reports/plans/new", key=key, **FORM)
    assert office.post("/reports/plans/new", key=key, **FORM).location == first.location
    assert city.people


def test_a_stale_page_and_a_paused_plan(visit: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who acts on an old version is told; edited, paused and taken up again it says so in both languages."""
    monkeypatch.setitem(PAPERS, "made_up", make_paper())
    office = visit("office1")
    plan = make(office)
    office.get(f"{plan}/edit")
    assert 'value="每月样报"' in office.last
    assert office.post(f"{plan}/edit", version="1", **{**FORM, "name": "改名"}).location == plan
    stale = office.post(f"{plan}/edit", version="1", **{**FORM, "name": "又改"})
    assert stale.status_code in (409, 412)
    assert 'value="又改"' in stale.text
    assert office.post(f"{plan}/pause", version="1").status_code in (409, 412)
    assert office.post(f"{plan}/pause", version="2").location == plan
    assert "已暂停" in office.get(plan).text
    assert "Paused" in office.get("/reports/plans?lang=en").text
    assert office.post(f"{plan}/resume", version="3").location == plan
    assert "Go on" not in office.get(f"{plan}?lang=en").text


def test_a_run_that_failed_is_made_again_from_the_plan(
    app: Flask, visit: Begin, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan's page says what failed; the button makes the same period again, and its recipients hear once."""
    city.project()

    def refuse(_data: object, _lang: str) -> bytes:
        raise RuntimeError("broken")

    monkeypatch.setitem(PAPERS, "made_up", make_paper(draw=refuse))
    office = visit("office1")
    plan = make(office, people="tra_staff")
    office.post(f"{plan}/run", version="1")
    do_works(app)
    page = office.get(plan).text
    assert "样报（中文，Word）排版失败" in page
    assert "重新生成" in page
    monkeypatch.setitem(PAPERS, "made_up", make_paper())
    office.post(f"{plan}/run", version="1", period="2026-02")
    do_works(app)
    page = office.get(plan).text
    assert "排版失败" not in page
    assert "/reports/deliveries/" in page
    assert office.post(f"{plan}/run", version="1", period="2026-02").status_code == 409
