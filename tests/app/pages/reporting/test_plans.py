"""Plans as pages: from the form to the file in a recipient's hands; kept by the office alone."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from app.edge.context import current_context
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.issuing import issue_paper
from app.edge.paperwork.kind import Ask
from app.models.organisation import Holding
from tests.app.edge.paperwork.drawing import add_city_paper
from tests.app.pages.conftest import Visit
from tests.app.services.report_plan.planning import count_all, make_paper, make_plan
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


def test_who_left_gets_nothing_and_a_correction_is_told(
    app: Flask, city: City, visit: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recipient without a post reads no report any more; a page of an issued one says that it was corrected since."""
    add_city_paper(monkeypatch)
    office = visit("office1")
    plan = make(office, people="tra_staff、pol_head", issue="1", endings="pdf")
    office.post(f"{plan}/run", version="1")
    assert do_works(app) == 1
    delivery = re.findall(r'href="(/reports/deliveries/\d+)"', office.get(plan).text)[0]
    reader, other = visit("tra_staff"), visit("pol_head")
    page = reader.get(delivery).text
    assert "样〔2026〕1号" in page
    assert "已被更正" not in page
    file = re.findall(rf'href="({delivery}/files/\d+)"', page)[0]
    with app.app_context():
        context, person_id = current_context(), city.people["office1"]
        issue_paper(context, person_id, "made_up", Ask(None, "2026-02"), replaces=1, reason="数字有误", source="test")
    assert "第2版，请以新版为准" in reader.get(delivery).text
    assert "version 2" in reader.get(f"{delivery}?lang=en").text
    with city.database.writing() as session:
        gone = update(Holding).where(Holding.person_id == city.people["tra_staff"])
        session.execute(gone.values(to_on=date(2026, 3, 1)))
    assert reader.get(delivery).status_code == 403
    assert reader.get(file).status_code == 403
    with other.client.get(file) as sent:
        assert sent.status_code == 200


def test_no_plan_is_of_what_steps_issue(visit: Begin) -> None:
    """Their drafts would go out as the office reads them: not offered, and refused from an older form."""
    office = visit("office1")
    offered = set(re.findall(r"/reports/plans/new\?kind=(\w+)", office.get("/reports/plans/new").text))
    assert offered == {name for name, kind in PAPERS.items() if kind.find_waiting is None}
    assert "选择报告" in office.get("/reports/plans/new?kind=minutes").text
    office.get("/reports/plans/new?kind=progress")
    refused = office.post("/reports/plans/new", key=office.key, **{**FORM, "kind": "minutes", "endings": "pdf"})
    assert refused.status_code == 422
    assert "不能按计划生成" in refused.text


def test_a_list_of_plans_costs_as_much_for_many(app: Flask, city: City, visit: Begin) -> None:
    """No N+1: as many statements for one plan as for seven, whose days differ."""
    with app.app_context():
        engine = current_context().database.engine
    office, counts = visit("office1"), []
    for numbers in ((1,), range(2, 8)):
        for number in numbers:
            make_plan(city, name=f"计划{number}", day=f"monthday:{number}")
        office.get("/reports/plans")
        with count_all(engine) as noted:
            assert office.get("/reports/plans").text.count("计划") > 1
        counts.append(len(noted))
    assert counts[0] == counts[1]


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
