"""The page of calendar feeds: the address is shown once; faults beside their fields; revoked at once."""

import re
from collections.abc import Callable

import pytest

from tests.app.pages.conftest import Desk, Visit
from tests.app.services.personal.ics import read
from tests.city import City

Begin = Callable[[str], Visit]
ADDRESS = re.compile(r"http://127\.0\.0\.1:8000(/feeds/[\w-]+\.ics)")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_feed_is_made_read_and_revoked(city: City, visit: Begin, lang: str) -> None:
    """The address stands in the answer to its making and on no later page; revoked, it leads nowhere."""
    city.task("要做的事")
    visitor, calendar = visit("tra_head"), visit("")
    page = visitor.get(f"/me/feeds?lang={lang}").text
    assert ADDRESS.search(page) is None
    made = visitor.post("/me/feeds", label="<手机>", lang="zh", alarm_days="1")
    assert made.status_code == 200
    found = ADDRESS.search(made.text)
    assert found is not None
    assert "&lt;手机&gt;" in made.text
    answer = calendar.get(found[1])
    assert read(answer.data).parts[0].text("SUMMARY") == "任务：要做的事（完成期限）"
    assert "Set-Cookie" not in answer.headers
    page = visitor.get(f"/me/feeds?lang={lang}").text
    assert ADDRESS.search(page) is None
    assert ("最近读取" in page) == (lang == "zh")
    revoked = re.findall(r'action="(/me/feeds/\d+/revoke)"', page)
    assert visitor.post(revoked[0]).status_code == 303
    assert calendar.get(found[1]).status_code == 404
    stranger = visit("ene_head")
    stranger.get("/me/feeds")
    assert stranger.post(revoked[0]).status_code == 404


def test_what_is_wrong_is_told_beside_its_field(visit: Begin) -> None:
    """Every fault at once; what was typed stays."""
    visitor = visit("tra_head")
    visitor.get("/me/feeds")
    refused = visitor.post("/me/feeds", label="", lang="fr", alarm_days="7")
    assert refused.status_code == 422
    assert 'href="#f-label"' in refused.text
    assert 'href="#f-lang"' in refused.text
    assert 'value="7" selected' in refused.text
    assert visitor.post("/me/feeds", label="x", lang="zh", alarm_days="x").status_code == 422
    assert visitor.post("/me/feeds", label="x", lang="zh", alarm_days="99").status_code == 422


@pytest.mark.browser
def test_the_page_in_a_browser(open_desk: Callable[..., Desk]) -> None:
    """A long address breaks within a phone's width; the console is quiet."""
    desk = open_desk(390, lang="en-US")
    desk.log_in("tra_head")
    desk.open("/me/feeds")
    desk.page.fill("#f-label", "phone")
    desk.page.click("main form.stacked button.btn-primary")
    desk.page.wait_for_selector(".feed-address")
    desk.page.wait_for_load_state("load")
    assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert desk.faults == []
