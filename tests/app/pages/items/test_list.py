"""Lists: filters live in the address, pages follow on, search and order read Chinese (cases P86, P87)."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from markupsafe import escape

from app.services.entering import NewItem
from tests.app.pages.conftest import Visit
from tests.city import City

Begin = Callable[[str], Visit]
TITLE = re.compile(r'<a class="title" href="[^"]+">([^<]+)</a>')
NEXT = re.compile(r'rel="next" href="([^"]+)"')


def titles(page: str) -> list[str]:
    return TITLE.findall(page)


@pytest.mark.parametrize("query", ["数据", "共享平台", "平台", "建设", "数据 平台", "  数据　平台 "])
def test_search_in_chinese(city: City, visit: Begin, query: str) -> None:
    """P86: any part of a title finds it, two words as AND."""
    city.task("跨部门数据共享平台建设")
    city.task("无关事项")
    assert titles(visit("office1").get("/tasks", query_string={"q": query}).text) == ["跨部门数据共享平台建设"]


@pytest.mark.parametrize("query", ["%", "_", "100%'", '"', "\\"])
def test_wildcards_are_literal(city: City, visit: Begin, query: str) -> None:
    """P86: wildcards and quotes in a search stand for themselves."""
    city.task("无关事项")
    city.task(f"含{query}的事项")
    page = visit("office1").get("/tasks", query_string={"q": query}).text
    assert titles(page) == [str(escape(f"含{query}的事项"))]


def test_titles_by_pinyin(city: City, visit: Begin) -> None:
    """P87: the order by title is that of pinyin, both ways, and the head says which."""
    for title in ("周报", "安全", "沈阳", "Zhang"):
        city.task(title)
    office = visit("office1")
    page = office.get("/tasks?sort=title").text
    upwards = titles(page)
    assert [title for title in upwards if title != "Zhang"] == ["安全", "沈阳", "周报"]
    assert 'aria-sort="ascending"' in page
    assert titles(office.get("/tasks?sort=-title").text) == upwards[::-1]


def test_filters(city: City, visit: Begin) -> None:
    """Light, state, department, lateness and openness restrict the list; the controls show what is chosen."""
    city.task("早已到期", due_on=date(2026, 2, 2))
    done = city.task("能源的", lead="ENE")
    city.do("office1", done, "assign")
    office = visit("office1")
    assert titles(office.get("/tasks?overdue=1").text) == ["早已到期"]
    assert titles(office.get("/tasks?light=red").text) == ["早已到期"]
    page = office.get(f"/tasks?state=assigned&department={city.departments['ENE']}").text
    assert titles(page) == ["能源的"]
    assert 'value="assigned" selected' in page
    city.do("office1", done, "cancel", {"reason": "不办"})
    assert titles(office.get("/tasks").text) == ["早已到期"]
    assert titles(office.get("/tasks?view=closed").text) == ["能源的"]


def test_empty_list_says_why(city: City, visit: Begin) -> None:
    """An empty list names the filter that caused it and leads out of it."""
    city.task()
    page = visit("office1").get("/tasks?light=red&q=没有").text
    assert "没有符合筛选的事项" in page
    assert "“没有”、红灯" in page
    assert 'href="/tasks">清除筛选' in page


def test_next_page_follows_on(city: City, visit: Begin) -> None:
    """P94: pages show every item once, though all have one due date."""
    names = [f"第{number:02d}项" for number in range(60)]
    city.enter(*(NewItem("task", name, city.departments["TRA"], due_on=date(2026, 4, 1)) for name in names))
    office = visit("office1")
    seen: list[str] = []
    address = "/tasks?view=all"
    for _ in range(5):
        page = office.get(address).text
        seen += titles(page)
        found = NEXT.search(page)
        if found is None:
            break
        address = found[1].replace("&amp;", "&")
    assert sorted(seen) == sorted(names)


def test_broken_address_is_harmless(city: City, visit: Begin) -> None:
    """Unknown values of filters are left out; a broken place in the list is told of, never a fault of ours."""
    city.task("在")
    office = visit("office1")
    assert titles(office.get("/tasks?light=blue&sort=x&department=abc&view=?&overdue=maybe").text) == ["在"]
    response = office.get("/tasks?cursor=zzz")
    assert response.status_code == 422
    assert "翻页标记无效" in response.text


def test_others_do_not_see_what_is_not_theirs(city: City, visit: Begin) -> None:
    """Lists show what `item_access` lets the visitor read."""
    city.task("交通的")
    assert titles(visit("wea_staff").get("/tasks").text) == []
    assert titles(visit("tra_staff").get("/tasks").text) == ["交通的"]


def test_home_shows_what_waits_for_me(city: City, visit: Begin) -> None:
    """My work: what waits for one of the visitor's posts, signatures too, and nothing else."""
    task = city.task("待交办的")
    project = city.project("待会签的")
    city.do("tra_head", project, "submit")
    assert "待交办的" in visit("office1").get("/").text
    assert "待会签的" not in visit("leader").get("/").text
    signer = visit("ene_head").get("/").text
    assert "待会签的" in signer
    assert "签署" in signer
    city.do("office1", task, "assign")
    assert "没有等您处理的事项" in visit("office1").get("/").text
    assert "待交办的" in visit("tra_staff").get("/").text
    city.do("ene_head", project, "sign", {"verdict": "agree"})
    assert "待会签的" in visit("leader").get("/").text


def test_report_page(city: City, visit: Begin) -> None:
    """The report page offers months; the PDF comes as a file, a missing month is told of."""
    city.project()
    office = visit("office1")
    page = office.get("/reports").text
    assert '<option value="2026-02" selected>2026年2月</option>' in page
    assert office.get("/reports/progress.pdf").status_code == 422
    response = office.get("/reports/progress.pdf?month=2026-02&lang=en")
    assert response.mimetype == "application/pdf"
    assert response.data.startswith(b"%PDF-")


def test_progress_column_only_where_there_is_progress(city: City, visit: Begin) -> None:
    """A list of which no item has progress leaves the column out; one report brings it back."""
    task = city.task()
    office = visit("office1")
    page = office.get("/tasks").text
    assert '<th scope="col">进度</th>' not in page
    assert 'class="c-bar' not in page
    city.do("office1", task, "assign")
    city.do("tra_staff", task, "receive")
    city.do("tra_head", task, "start")
    city.do("tra_staff", task, "report", {"text": "过半", "progress_pct": "60", "forecast_on": "2026-03-31"})
    page = office.get("/tasks").text
    assert '<th scope="col">进度</th>' in page
    assert 'class="c-bar' in page
