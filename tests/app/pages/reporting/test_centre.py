"""The report centre: choosing, several files at once, what failed and its repetition, taking back in the middle."""

import io
import time
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.edge.paperwork import periods
from app.edge.paperwork.catalogue import PAPERS
from app.edge.report_centre.about import ABOUT
from app.models.item import Item
from app.models.long_work import LongWork
from reports.wording import Lang, Text
from tests.app.pages.conftest import Visit
from tests.app.services.report_plan.planning import make_paper
from tests.city import NOW, City
from tests.working import do_works
from workflows.words import Text as Words

Begin = Callable[[str], Visit]
ASKED = {"kind": "made_up", "period": "2026-03"}


def ask(
    visitor: Visit, *, languages: tuple[str, ...] = ("zh",), endings: tuple[str, ...] = ("pdf",), **more: str
) -> str:
    """Send the form; returns the work's address."""
    visitor.get("/reports?kind=made_up")
    data = {"csrf_token": visitor.token, **ASKED, **more, "languages": list(languages), "endings": list(endings)}
    answer = visitor.client.post("/reports", data=data)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_every_kind_says_what_it_is() -> None:
    """The centre has a sentence for each paper of the catalogue, and none that is left over."""
    assert set(ABOUT) == set(PAPERS)


@pytest.mark.parametrize(
    ("lang", "head", "label"), [("zh", "选择报告", "工作月报"), ("en", "Choose a report", "Progress report")]
)
def test_the_steps_without_script(city: City, visit: Begin, lang: str, head: str, label: str) -> None:
    """The kinds, each with its sentence; a kind's form; of an item's paper the search and the item that was chosen."""
    project = city.project("共享平台建设")
    visitor = visit("tra_head")
    page = visitor.get(f"/reports?lang={lang}").text
    assert head in page
    assert label in page
    assert Words(ABOUT["progress"].zh, ABOUT["progress"].en).in_language(lang) in page
    assert "/reports/plans" not in page  # the office's alone
    form = visitor.get(f"/reports?kind=progress&lang={lang}").text
    assert 'value="2026-03" selected' in form
    kind = next(kind for kind in PAPERS.values() if "project" in kind.items and kind.period == "none")
    found = visitor.get(f"/reports?kind={kind.name}&q=共享平台&lang={lang}").text
    assert f"scope={project}" in found
    assert f'name="scope" value="{project}"' in visitor.get(f"/reports?kind={kind.name}&scope={project}").text
    stranger = visit("wea_staff")
    hidden = stranger.get(f"/reports?kind={kind.name}&scope={project}&q=共享平台").text
    assert f'name="scope" value="{project}"' not in hidden
    assert f'href="/reports?kind={kind.name}&amp;scope={project}"' not in hidden
    assert "共享平台建设" not in hidden


def test_the_office_issues_from_the_form_and_nobody_else_may(
    city: City, visit: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A paper of the city is issued with its number from the same form; others have no such button and are refused."""
    del city
    office, head = visit("office1"), visit("tra_head")
    assert "编号签发" in office.get("/reports?kind=bulletin").text
    assert "编号签发" not in office.get("/reports?kind=project_report").text
    monkeypatch.setattr(periods, "find_first_day_of_data", lambda _connection: date(2026, 1, 1))
    answer = office.post("/papers", kind="bulletin", period="2026-02", scope="")
    assert answer.location.startswith("/works/")
    assert office.get(answer.location).status_code == 200
    # The month that runs is refused with a sentence, above the form with what was chosen.
    answer = office.post("/papers", kind="bulletin", period="2026-03", scope="")
    assert answer.location == "/reports?kind=bulletin&period=2026-03"
    page = office.get(answer.location).text
    assert "只能签发已结束且有数据的期间，2026-01至2026-02。" in page
    assert 'value="2026-03" selected' in page
    assert "编号签发" not in head.get("/reports?kind=progress").text
    assert head.post("/papers", kind="progress", period="2026-03", scope="").status_code == 403


def test_an_item_leads_to_its_papers(city: City, visit: Begin) -> None:
    """A project's page leads to its report; the certificate is there once it is closed."""
    project = city.project("共享平台建设")
    page = visit("tra_head").get(f"/items/{project}").text
    assert f"/reports?kind=project_report&amp;scope={project}" in page
    assert "kind=acceptance" not in page


def test_several_files_come_as_one_archive(
    app: Flask, city: City, visit: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two languages and two endings: one work, one ZIP, each file of its own name; asked again, the same bytes."""
    city.project()
    monkeypatch.setitem(PAPERS, "made_up", make_paper())
    visitor = visit("tra_head")
    contents = []
    for _ in range(2):
        work = ask(visitor, languages=("en", "zh"), endings=("xlsx", "pdf"))
        assert do_works(app) == 1
        with visitor.client.get(f"{work}/file") as file:
            assert file.mimetype == "application/zip"
            contents.append(file.data)
    assert contents[0] == contents[1]
    with zipfile.ZipFile(io.BytesIO(contents[0])) as archive:
        names = archive.namelist()
        assert names == [f"made_up-2026-03-{lang}.{ending}" for lang in ("zh", "en") for ending in ("pdf", "xlsx")]
        assert archive.read(names[0]).decode().endswith("2026-03/zh")
    page = visitor.get(work).text
    assert "2026年3月样报（中文、英文，PDF、XLSX）" in page


def test_what_is_wrong_stands_beside_its_field(city: City, visit: Begin) -> None:
    """Nothing is asked for; every fault at once, what was typed stays."""
    city.project()
    visitor = visit("office1")
    visitor.get("/reports")
    answer = visitor.post("/reports", kind="progress", period="1990-01")
    assert answer.status_code == 422
    for said in ("请选择有数据的月份，2026-03至2026-03。", "请至少选择一种语言", "请至少选择一种格式"):
        assert said in answer.text
    assert visitor.post("/reports", kind="nothing").status_code == 422


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_failed_paper_says_what_failed_and_is_repeated_by_one_click(
    app: Flask, city: City, visit: Begin, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """Which paper, in which form, in which section; again it is a new work that remembers the first one."""
    city.project()
    broken = [True]

    def draw(data: object, _lang: Lang) -> bytes:
        if broken[0]:
            error = ValueError("no such glyph")
            error.section = Text("资金<情况>", "Funds")  # type: ignore[attr-defined]
            raise error
        return str(data).encode()

    monkeypatch.setitem(PAPERS, "made_up", make_paper(draw=draw))
    visitor = visit("office1")
    first = ask(visitor)
    do_works(app)
    said = {
        "zh": ["样报（中文，PDF）排版失败", "“资金&lt;情况&gt;”"],
        "en": ["Sample (Chinese, PDF) could not be laid out.", "“Funds”"],
    }[lang]
    for address in (first, "/reports"):
        page = visitor.get(f"{address}?lang={lang}").text
        for one in said:
            assert one in page
    assert "no such glyph" not in page
    broken[0] = False
    again = visitor.post(f"{first}/again").location
    assert again != first
    do_works(app)
    page = visitor.get(f"{again}?lang={lang}").text
    assert f'href="{first}"' in page
    with visitor.client.get(f"{again}/file") as file:
        assert file.data
    with city.database.reading() as session:
        rows = session.execute(select(LongWork.id, LongWork.repeats_id, LongWork.arguments).order_by(LongWork.id)).all()
    assert rows[1].repeats_id == rows[0].id
    assert rows[1].arguments == rows[0].arguments


def test_a_paper_is_taken_back_in_the_middle(
    app: Flask, city: City, visit: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the first file it hears of it: no further file is drawn, nothing is kept; the page had shown how far."""
    city.project()
    drawn: list[str] = []
    visitor = visit("office1")

    def draw(data: object, lang: Lang) -> bytes:
        drawn.append(lang)
        visitor.get("/reports")
        assert 'hx-get="/reports/made"' in visitor.last
        assert visitor.client.get("/reports/made").status_code == 200
        with city.database.writing() as session:
            session.execute(update(LongWork).values(cancel_asked_at=NOW))
        time.sleep(2.5)  # until the thread beside it has looked
        return str(data).encode()

    monkeypatch.setitem(PAPERS, "made_up", make_paper(draw=draw))
    work = ask(visitor, languages=("zh", "en"))
    do_works(app)
    assert drawn == ["zh"]
    page = visitor.get(work).text
    assert "已取消" in page
    assert visitor.get(f"{work}/file").status_code == 404


def test_who_lost_the_right_gets_no_file(app: Flask, city: City, visit: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind is refused when it is asked for, when it runs and when its file is fetched."""
    city.project()
    open_kind = make_paper()
    monkeypatch.setitem(PAPERS, "made_up", open_kind)
    visitor = visit("tra_head")
    work = ask(visitor)
    do_works(app)
    closed = PAPERS["review"]
    monkeypatch.setitem(PAPERS, "made_up", make_paper())
    with visitor.client.get(f"{work}/file") as file:
        assert file.status_code == 200
    object.__setattr__(PAPERS["made_up"], "allow", closed.allow)  # the whole city's, which a department does not see
    assert visitor.get(f"{work}/file").status_code == 403
    visitor.get("/reports")
    assert visitor.post("/reports", **ASKED, languages="zh", endings="pdf").status_code == 403
    assert "made_up" not in visitor.get("/reports").text
    with city.database.reading() as session:
        assert session.execute(select(Item.id)).first() is not None
