"""The office's day: what stalls, assigning, urging, a notice, a close-out, finding and handing out a list."""

import pytest
from playwright.sync_api import expect

from tests.app.pages.days.conftest import Day, find_move, press

pytestmark = pytest.mark.browser


def test_the_office_keeps_things_moving(day: Day) -> None:
    """Issue 4 no. 13: from the home page to a draft assigned, a task urged, a notice issued, a task closed out."""
    office = day.begin("office")
    expect(office.page.locator("h1")).to_have_text(day.say("我的工作"))
    expect(office.page.locator("main .inbox > li").first).to_be_visible()
    day.act(office, "draft", "assign")
    assert day.state("draft") == "assigned"
    day.act(office, "task", "urge", note="请于明日前报送停靠点勘定结果。")
    assert "请于明日前报送停靠点勘定结果。" in office.page.inner_text("main")
    day.act(office, "drafted", "issue", opinion="同意签发。")
    assert day.state("drafted") == "issued"
    day.act(office, "submitted", "verify", opinion="佐证齐全，同意销号。")
    assert day.state("submitted") == "done"


def test_the_office_finds_what_it_looks_for(day: Day) -> None:
    """Filters of the tasks live in the address and count; the board and the slips are a step away."""
    office = day.begin("office", "/tasks")
    office.page.check(".filters input[name=light][value=red]", force=True)
    office.page.wait_for_url("**light=red**")
    expect(office.page.locator("main .light-red").first).to_be_visible()
    office.page.locator("main a.title").first.click()
    expect(office.page.locator("#next-say")).to_be_visible()
    office.open("/escalations")
    expect(office.page.locator(".board-col").first).to_be_visible()
    office.open("/tasks/new")
    press(office.page.locator("main form .btn-primary").first)
    expect(office.page.locator("main [aria-invalid=true]").first).to_be_visible()


def test_the_director_decides_an_appeal(day: Day) -> None:
    """An appeal waits in the director's inbox and is decided on its page."""
    director = day.begin("director", "/inbox?q=接入市级应急广播终端")
    title = director.page.locator(".inbox > li a", has_text="接入市级应急广播终端").first
    press(title)
    press(find_move(director, "/".join(["", *director.page.url.split("/")[3:5], "actions", "dismiss"])))
    director.page.fill("#f-reason", "超期事实清楚，维持。")
    press(director.page.locator("main form .btn-primary").first)
    expect(director.page.locator(".note-green")).to_be_visible()
