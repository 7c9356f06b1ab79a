"""The pages of long work: reports, exports, a ledger's import; progress that a browser follows; nobody else's."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.core.clock import FixedClock
from app.edge.context import make_context
from app.models.item import Item
from app.models.long_work import LongWork
from app.services.escalation.job_run import beat
from tests.app.pages.conftest import Desk, Visit
from tests.city import NOW, City
from tests.client import make_settings
from tests.messaging import begin as begin_delivery
from tests.messaging import deliver_at
from tests.working import do_works, do_works_of

Begin = Callable[[str], Visit]
REPORT = {"kind": "progress", "period": "2026-03", "languages": "zh", "endings": "pdf"}
LEDGER = "编号,类别,标题,牵头单位,完成期限\nA-1,任务,甲任务,交通局,2026-05-01\n"


def send_ledger(visitor: Visit, text: str = LEDGER, name: str = "台账.csv", **fields: str) -> Any:  # noqa: ANN401  # an answer
    """Send the import form."""
    visitor.get("/imports")
    data = {"csrf_token": visitor.token, "file": (io.BytesIO(text.encode()), name), "row_kind": "task", **fields}
    return visitor.client.post("/imports", data=data, content_type="multipart/form-data")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_from_the_form_to_the_file(app: Flask, city: City, visit: Begin, lang: str) -> None:
    """The form leads to the work, which says in plain words that it waits, then offers the file."""
    waits = {"zh": "后台处理暂停", "en": "Background work is paused."}[lang]
    city.project()
    visitor = visit("office1")
    page = visitor.get(f"/reports?lang={lang}").text
    assert waits in page
    asked = visitor.post("/reports", **REPORT)
    assert asked.status_code == 303
    page = visitor.get(f"{asked.location}?lang={lang}").text
    assert 'hx-trigger="every 1s"' in page
    assert waits in page
    assert do_works(app) == 1
    page = visitor.get(f"{asked.location}?lang={lang}").text
    assert "hx-trigger" not in page
    assert f"{asked.location}/file" in page
    with visitor.client.get(f"{asked.location}/file") as file:
        assert file.data.startswith(b"%PDF-")
    listed = visitor.get(f"/works?lang={lang}").text
    assert asked.location in listed
    stranger = visit("director")
    for address in (asked.location, f"{asked.location}/state", f"{asked.location}/file"):
        assert stranger.get(address).status_code == 404
    assert asked.location not in stranger.get("/works").text


def test_the_old_address_leads_to_the_form(visit: Begin) -> None:
    """A bookmark of the page that made reports at once."""
    visitor = visit("office1")
    here = "/reports?kind=progress&period=2026-03"
    assert visitor.get("/reports/progress.pdf?month=2026-03").location == here
    assert visitor.get("/reports?month=2026-03").location == here
    assert 'value="2026-03" selected' in visitor.get(here).text


def test_no_warning_while_a_scheduler_lives(city: City, visit: Begin) -> None:
    """The sentence about the process stands only where it is true."""
    with city.database.writing() as session:
        beat(session, NOW, NOW, outcome="alive")
    visitor = visit("office1")
    visitor.get("/reports")
    asked = visitor.post("/reports", **REPORT)
    assert "flask scheduler" not in visitor.get(asked.location).text


def test_cancel_and_try_again(app: Flask, city: City, visit: Begin) -> None:
    """Taken back before it began; again it is a new work; what is done cannot be cancelled."""
    del city
    visitor = visit("office1")
    visitor.get("/reports")
    first = visitor.post("/reports", **REPORT).location
    visitor.get(first)
    assert visitor.post(f"{first}/cancel").location == first
    assert "已取消" in visitor.get(first).text
    again = visitor.post(f"{first}/again").location
    assert again != first
    do_works(app)
    visitor.get(again)
    visitor.post(f"{again}/cancel")
    assert "任务已经结束，不能取消。" in visitor.get(again).text
    assert visitor.post(f"{again}/again").status_code == 409


def test_an_export_is_asked_for_by_its_address(app: Flask, city: City, visit: Begin) -> None:
    """The list's page sends its own query."""
    city.task("要导出的任务")
    visitor = visit("office1")
    visitor.get("/reports")
    work = visitor.post("/works", query="kind=task", format="xlsx").location
    do_works(app)
    page = visitor.get(work).text
    assert "共1行" in page
    assert ".xlsx" in page
    assert visitor.post("/works", query="kind=task", format="exe").status_code == 422


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_ledger_is_tried_shown_and_imported(app: Flask, city: City, visit: Begin, lang: str) -> None:
    """Upload, dry run with findings, import: each in sight before the next."""
    visitor = visit("office1")
    visitor.client.set_cookie("lang", lang)
    tried = send_ledger(visitor).location
    do_works(app)
    page = visitor.get(tried).text
    assert ("将新增1项" in page) == (lang == "zh")
    assert f"{tried}/apply" in page
    applied = visitor.post(f"{tried}/apply").location
    do_works(app)
    page = visitor.get(applied).text
    assert ("新增1项、" in page) == (lang == "zh")
    with city.database.reading() as session:
        assert session.execute(select(func.count()).select_from(Item)).scalar_one() == 1
    assert visitor.post(f"{applied}/apply").status_code == 409


def test_a_faulty_ledger_cannot_be_imported(app: Flask, city: City, visit: Begin) -> None:
    """Its findings are listed as text; there is no button."""
    visitor = visit("admin")
    tried = send_ledger(visitor, LEDGER.replace("交通局", "<b>没有的局</b>")).location
    do_works(app)
    page = visitor.get(tried).text
    assert "&lt;b&gt;没有的局" in page
    assert "<b>没有的局" not in page
    assert f"{tried}/apply" not in page
    assert visitor.post(f"{tried}/apply").status_code == 409
    del city


def test_the_form_tells_every_fault_and_keeps_what_was_chosen(visit: Begin) -> None:
    """Faults stand beside their fields; choices stay; heads have no such page."""
    visitor = visit("office1")
    refused = send_ledger(visitor, name="台账.doc", mapping="none", row_kind="project")
    assert refused.status_code == 422
    assert 'href="#f-file"' in refused.text
    assert 'href="#f-mapping"' in refused.text
    assert 'value="project" checked' in refused.text
    visitor.get("/imports")
    nothing = visitor.post("/imports", row_kind="project")
    assert nothing.status_code == 422
    assert 'value="project" checked' in nothing.text
    head = visit("tra_head")
    assert head.get("/imports").status_code == 403
    assert "/imports" not in head.get("/works").text


def test_a_message_leads_to_the_work(app: Flask, city: City, visit: Begin) -> None:
    """Done or failed, its person is told in the inbox, with the reason, and comes to it by the message."""
    begin_delivery(city)
    city.project()
    visitor = visit("office1")
    visitor.get("/reports")
    work = visitor.post("/reports", **REPORT).location
    do_works(app)
    deliver_at(city, NOW)
    page = visitor.get("/messages").text
    assert "2026年3月工作月报（中文，PDF）已完成" in page
    opened = re.findall(r'action="(/messages/\d+/open)"', page)
    assert visitor.post(opened[0]).location == work
    assert "已完成" not in visit("director").get("/messages").text


def test_a_failed_work_says_why(city: City, visit: Begin) -> None:
    """The sentence, in the reader's language, and the button to try again."""
    visitor = visit("office1")
    visitor.get("/reports")
    work = visitor.post("/reports", **REPORT).location
    with city.database.writing() as session:
        fault = {"zh": "缺少<字体>。", "en": "A <font> is missing.", "faults": []}
        session.execute(update(LongWork).values(status="failed", fault=fault, finished_at=NOW))
    page = visitor.get(work).text
    assert "缺少&lt;字体&gt;。" in page
    assert "再试一次" in page
    assert "A &lt;font&gt; is missing." in visitor.get(f"{work}?lang=en").text
    assert "缺少&lt;字体&gt;。" in visitor.get("/works").text


def test_an_empty_list_says_what_will_stand_there(visit: Begin) -> None:
    """Nothing yet."""
    assert "还没有后台任务" in visit("tra_staff").get("/works").text


@pytest.mark.browser
def test_a_browser_follows_a_work_to_its_end(open_desk: Callable[..., Desk], tmp_path: Path) -> None:
    """The page asks by itself until the work has ended, then asks no more; no word in the console."""
    desk = open_desk()
    city = desk.site.city
    city.project()
    url = city.database.engine.url.render_as_string(hide_password=False)
    context = make_context(make_settings(url, tmp_path), FixedClock(NOW))
    desk.log_in("office1")
    desk.open("/reports?kind=progress")
    desk.page.click("main form button.btn-primary")
    desk.page.wait_for_selector("#work progress")
    thread = Thread(target=do_works_of, args=(context,))
    thread.start()
    desk.page.wait_for_selector("#work a.btn-primary", timeout=60_000)
    thread.join()
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.page.wait_for_timeout(2500)
    assert asked == []
    with desk.page.expect_download() as download:
        desk.page.click("#work a.btn-primary")
    assert download.value.suggested_filename.startswith("progress-2026-")
    assert desk.faults == []


@pytest.mark.browser
def test_without_script_there_is_a_button(open_desk: Callable[..., Desk]) -> None:
    """Reload by hand, cancel by a form."""
    desk = open_desk(390, script=False)
    desk.log_in("office1")
    desk.open("/reports?kind=progress")
    desk.page.click("main form button.btn-primary")
    desk.page.click("#work-refresh")
    desk.page.click("#work-cancel")
    assert "已取消" in desk.page.inner_text("#work")
