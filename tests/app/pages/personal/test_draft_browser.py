"""Drafts in a real browser: saved while typing, offered, restored; the warning; a session that ran out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Dialog, Page, expect
from sqlalchemy import update

from app.models.personal import WebSession
from tests.app.pages.conftest import PASSWORD, Desk, Site
from tests.city import NOW

pytestmark = pytest.mark.browser
Open = Callable[..., Desk]
TOLD = "[data-draft-told]"


def _let_lapse(site: Site) -> None:
    """Make every session one that was last seen long ago."""
    with site.city.database.writing() as session:
        session.execute(update(WebSession).values(seen_at=NOW - timedelta(minutes=150)))


def _log_in_again(page: Page) -> None:
    page.fill("#name", "office1")
    page.fill("#password", PASSWORD)
    page.click("form.stacked button")


def test_what_is_typed_is_saved_and_restored(open_desk: Open, site: Site) -> None:
    """Typing saves after a pause; leaving then asks nothing; the form offers it again; sending it ends it."""
    task = site.city.task()
    desk = open_desk()
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    desk.page.on("dialog", leave)
    desk.log_in("office1")
    desk.open(f"/items/{task}/actions/cancel")
    desk.page.fill("#f-reason", "不再需要")
    expect(desk.page.locator(TOLD)).to_have_text("草稿已于10:00保存", timeout=15_000)
    desk.open(f"/items/{task}/actions/cancel")
    expect(desk.page.locator("#f-reason")).to_have_value("")
    desk.page.click("text=恢复草稿")
    expect(desk.page.locator("#f-reason")).to_have_value("不再需要")
    desk.page.click("form .btn-danger")
    expect(desk.page.locator(".note-green")).to_be_visible()
    desk.open("/me/drafts")
    expect(desk.page.locator(".empty")).to_be_visible()
    assert asked == []
    assert desk.faults == []


def test_a_log_in_in_another_tab_loses_no_text(open_desk: Open, site: Site) -> None:
    """Without script: somebody logs out and in again in a second tab, then sends the first: filled again, then sent."""
    task = site.city.task()
    desk = open_desk(script=False)
    desk.log_in("office1")
    desk.open(f"/items/{task}/actions/cancel")
    desk.page.fill("#f-reason", "不再需要")
    other = desk.page.context.new_page()
    other.goto(f"{site.address}/me")
    other.click("form[action='/logout'] button")
    other.goto(f"{site.address}/login")
    _log_in_again(other)
    expect(other.locator("nav.side")).to_be_attached()
    desk.page.click("form .btn-danger")
    expect(desk.page.locator("#f-reason")).to_have_value("不再需要")
    assert site.city.state(task) == "draft"
    desk.page.click("form .btn-danger")
    expect(desk.page.locator(".note-green")).to_be_visible()
    assert site.city.state(task) == "cancelled"


def test_unsaved_text_is_not_left_unasked(open_desk: Open, site: Site) -> None:
    """Leaving right after typing asks; who stays keeps the text; an untouched form asks nothing."""
    task = site.city.task()
    desk = open_desk()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    desk.page.on("dialog", stay)
    desk.log_in("office1")
    desk.open(f"/items/{task}/actions/cancel")
    desk.page.click(".crumbs a")
    desk.page.wait_for_url(f"**/items/{task}")
    assert asked == []
    desk.open(f"/items/{task}/actions/cancel")
    desk.page.route("**/me/drafts/*", lambda route: route.abort())
    desk.page.type("#f-reason", "不再需要")
    desk.page.click(".crumbs a")
    desk.page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(desk.page.locator("#f-reason")).to_have_value("不再需要")


def test_a_session_that_ran_out_loses_nothing(open_desk: Open, site: Site) -> None:
    """Saving is refused, the page says so and leads to a log-in beside it; then it goes on by itself and is sent."""
    task = site.city.task()
    desk = open_desk()
    desk.log_in("office1")
    desk.open(f"/items/{task}/actions/cancel")
    _let_lapse(site)
    desk.page.fill("#f-reason", "不再需要")
    link = desk.page.locator("[data-watch] a")
    expect(link).to_have_text("在新窗口登录", timeout=15_000)
    with desk.page.context.expect_page() as opened:
        link.click()
    beside = opened.value
    _log_in_again(beside)
    expect(beside.locator(".note-green")).to_be_visible()
    beside.close()
    desk.page.bring_to_front()
    desk.page.press("#f-reason", "End")
    desk.page.type("#f-reason", "了")
    expect(desk.page.locator(TOLD)).to_have_text("草稿已于10:00保存", timeout=20_000)
    expect(desk.page.locator("[data-watch] .note")).to_have_count(0)
    desk.page.click("form .btn-danger")
    expect(desk.page.locator(".note-green")).to_be_visible()
    assert site.city.state(task) == "cancelled"


@pytest.mark.parametrize("script", [True, False])
def test_a_late_form_comes_back_filled(open_desk: Open, site: Site, *, script: bool) -> None:
    """Sent after the session lapsed, with and without script: log-in, and the form stands there as it was."""
    task = site.city.task()
    desk = open_desk(script=script)
    desk.log_in("office1")
    desk.open(f"/items/{task}/actions/cancel")
    desk.page.fill("#f-reason", "不再需要")
    _let_lapse(site)
    desk.page.click("form .btn-danger")
    expect(desk.page.locator(".note-yellow")).to_contain_text("已存为草稿")
    _log_in_again(desk.page)
    expect(desk.page.locator("#f-reason")).to_have_value("不再需要")
    assert site.city.state(task) == "draft"
    desk.page.click("form .btn-danger")
    expect(desk.page.locator(".note-green")).to_be_visible()


def test_somebody_elses_change_is_told_to_an_open_form(open_desk: Open, site: Site) -> None:
    """The form looks around by itself; what was typed stays."""
    task = site.city.task()
    desk = open_desk()
    desk.log_in("office1")
    desk.open(f"/items/{task}/actions/cancel")
    desk.page.fill("#f-reason", "不再需要")
    site.city.do("office2", task, "assign")
    desk.page.evaluate("htmx.trigger('[data-watch]', 'lapse')")
    expect(desk.page.locator("[data-watch]")).to_contain_text("测试office2")
    expect(desk.page.locator("#f-reason")).to_have_value("不再需要")
    assert desk.faults == []


def test_the_other_language_takes_along_what_was_typed(open_desk: Open, site: Site) -> None:
    """In the middle of a form: the other language shows the same form, filled, at once and after it was saved."""
    task = site.city.task()
    desk = open_desk()
    desk.log_in("office1")
    desk.open(f"/items/{task}/actions/cancel")
    desk.page.fill("#f-reason", "不再需要")
    desk.page.click("text=English")
    expect(desk.page.locator("html")).to_have_attribute("lang", "en")
    expect(desk.page.locator("#f-reason")).to_have_value("不再需要")
    desk.page.wait_for_load_state("load")  # the script takes the form along
    desk.page.fill("#f-reason", "不再需要，另行安排")
    desk.page.click("text=中文")
    expect(desk.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(desk.page.locator("#f-reason")).to_have_value("不再需要，另行安排")
    desk.open("/tasks/new")
    desk.page.click("text=English")
    expect(desk.page.locator("html")).to_have_attribute("lang", "en")
    assert "draft=" not in desk.page.url
    assert desk.faults == []
