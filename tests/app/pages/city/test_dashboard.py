"""The overview on its page and in the API: whose figures, when made, where they lead."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.jobs.summary import make_summaries, summary_job
from app.jobs.table import JOBS
from app.queries.city import summary
from tests.app.pages.conftest import Desk, Visit
from tests.city import NOW, City
from tests.client import Caller
from tests.sweeping import make_tools

Begin = Callable[[str], Visit]


def test_figures_lead_to_their_lists(visit: Begin, city: City) -> None:
    """Every figure is a link to the list that it counts, and that list answers."""
    city.project(supports=("ENE",))
    city.task(supports=("POL",))
    make_summaries(city.database, city.book, NOW)
    office = visit("office1")
    page = office.get("/city").text
    assert "分母：在办项目1个" in page
    assert "3月2日 10:00" in page
    links = set(re.findall(r'href="(/(?:items|projects)\?[^"]+)"', page))
    assert any("due_from=" in link for link in links)
    assert any("part=lead" in link for link in links)
    for link in sorted(links)[:12]:
        assert office.get(link.replace("&amp;", "&")).status_code == 200, link


def test_nobody_counts_what_they_may_not_read(visit: Begin, city: City) -> None:
    """DESIGN 2: a confidential project counts for overseers, not for the office; another department counts nothing."""
    city.project(lead="TRA", supports=("ENE",), confidential=True)
    make_summaries(city.database, city.book, NOW)
    assert "分母：在办项目1个" in visit("leader").get("/city").text
    assert "分母：在办项目0个" in visit("office1").get("/city").text
    assert "分母：在办项目0个" in visit("tra_head").get("/city").text
    shown = visit("tra_head").get(f"/city?of=D:{city.departments['ENE']}").text
    assert "统计范围：交通局" in shown


def test_without_figures_a_small_range_is_counted_at_once(
    visit: Begin, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the job has run, little is counted for the request; much waits, and the page says until when."""
    city.project()
    head = visit("tra_head")
    assert "分母：在办项目1个" in head.get("/city").text
    monkeypatch.setattr(summary, "SMALL", 0)
    page = head.get("/city").text
    assert "数字尚未生成" in page
    assert "3月2日 10:15" in page


def test_who_has_no_department_is_told_so(visit: Begin) -> None:
    """An administrator reads no items: an empty state, no figures."""
    assert "目前没有可统计的范围" in visit("admin").get("/city").text


def test_the_office_makes_figures_anew(visit: Begin, city: City) -> None:
    """现在更新 is the office's; pressed twice it counts once."""
    office = visit("office1")
    assert "现在更新" in office.get("/city").text
    assert "现在更新" not in visit("tra_head").get("/city").text
    city.project()
    assert office.post("/city/refresh").status_code == 303
    assert "统计数字已更新" in office.get("/city").text
    office.post("/city/refresh")
    assert "统计数字刚刚更新过" in office.get("/city").text
    head = visit("tra_head")
    head.get("/")
    assert head.post("/city/refresh").status_code == 403


def test_months_and_english(visit: Begin, city: City) -> None:
    """The months stand behind a link; the page reads in English without Chinese words of its own."""
    make_summaries(city.database, city.book, NOW)
    office = visit("office1")
    office.client.set_cookie("lang", "en")
    page = office.get("/city?lang=en").text
    assert "<h1>City overview</h1>" in page
    assert "全市概览" not in page


def test_the_api_gives_the_same_figures(caller: Caller, city: City) -> None:
    """GET /city and its refresh are the twins of the page."""
    city.project(supports=("ENE",))
    assert caller.post("tra_head", "/city/refresh").status_code == 403
    assert caller.post("office1", "/city/refresh").json == {"is_new": True}
    shown = caller.get("office1", "/city").json
    assert (shown["view"], shown["figures"]["projects"]) == ("OFFICE", 1)
    [cell] = shown["figures"]["joint"]
    assert cell == {
        "lead_id": city.departments["TRA"], "support_id": city.departments["ENE"], "projects": 1, "tasks": 0,
    }  # fmt: skip
    assert {one["id"] for one in shown["departments"]} == {cell["lead_id"], cell["support_id"]}
    assert shown["figures"]["load_ahead"]["later"]["project"] == 1
    own = caller.get("tra_head", "/city").json
    assert own["views"] == [{"key": f"D:{city.departments['TRA']}", "department_id": city.departments["TRA"]}]
    assert caller.get("tra_head", "/city?of=OFFICE").status_code == 404
    assert caller.get("admin", "/city").json["figures"] is None


def test_the_job_runs_every_quarter_of_an_hour(city: City) -> None:
    """The table of the day holds it; run twice it leaves the same rows and says how many."""
    job = next(one for one in JOBS if one.run is summary_job)
    tools = make_tools(city)
    assert job.run(tools, NOW) == job.run(tools, NOW) == "figures 7"
    assert job.when.next_after(NOW, city.book.zone) == NOW + timedelta(minutes=15)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_never_scrolls_sideways(open_desk: Callable[..., Desk], width: int) -> None:
    """Wide tables scroll inside their panels; the console stays silent."""
    desk = open_desk(width)
    desk.site.city.project(supports=("ENE", "POL", "WEA"))
    make_summaries(desk.site.city.database, desk.site.city.book, NOW)
    desk.log_in("office1")
    for path in ("/city?months=1", "/calendar", "/escalations"):
        desk.open(path)
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert desk.faults == []
