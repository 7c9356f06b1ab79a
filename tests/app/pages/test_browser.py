"""The pages in a real browser: log in, filter, act, phone width, languages, keyboard, without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, expect

from tests.app.pages.conftest import PASSWORD, Desk, Site

pytestmark = pytest.mark.browser
Open = Callable[..., Desk]
HOSTILE = '"><img src=x onerror=alert(1)>'


def test_log_in_filter_act(open_desk: Open, site: Site) -> None:
    """Log in, filter a list by a chip, open an item, take its action; the console stays silent."""
    site.city.task("主城区信号机数据对接")
    site.city.task("另一件")
    desk = open_desk()
    desk.log_in("office1")
    desk.open("/tasks")
    desk.page.fill(".filters input[name=q]", "信号机")
    desk.page.press(".filters input[name=q]", "Enter")
    expect(desk.page.locator("a.title")).to_have_count(1)
    desk.page.wait_for_selector("form.applies")
    desk.page.select_option(".filters select[name=state]", "draft")
    desk.page.wait_for_url("**state=draft**")
    desk.page.click("a.title")
    expect(desk.page.locator("#next-say")).to_have_text("请您交办")
    desk.page.click(".next .btn-primary")
    expect(desk.page.locator(".note-green")).to_contain_text("已办理")
    assert desk.faults == []


def test_double_click_acts_once(open_desk: Open, site: Site) -> None:
    """P01: a double click on a button acts once and ends on a calm page."""
    task = site.city.task()
    desk = open_desk()
    desk.log_in("office1")
    desk.open(f"/items/{task}")
    desk.page.dblclick(".next .btn-primary")
    expect(desk.page.locator(".note-green")).to_be_visible()
    assert site.city.version(task) == 2


@pytest.mark.parametrize("script", [True, False])
def test_stale_page_shows_the_conflict(open_desk: Open, site: Site, *, script: bool) -> None:
    """412: with and without script, both versions stand there and what was typed stays."""
    task = site.city.task()
    desk = open_desk(script=script)
    desk.log_in("office1")
    desk.open(f"/items/{task}/actions/cancel")
    desk.page.fill("#f-reason", "不再需要")
    site.city.do("office2", task, "assign")
    desk.page.click("form .btn-danger")
    expect(desk.page.locator(".note-yellow")).to_contain_text("您看到的是第1版，现在是第2版")
    expect(desk.page.locator("#f-reason")).to_have_value("不再需要")
    desk.page.click("form .btn-danger")
    expect(desk.page.locator(".note-green")).to_be_visible()
    assert site.city.state(task) == "cancelled"


@pytest.mark.parametrize("width", [360, 390, 1024, 1440])
def test_no_sideways_scroll(open_desk: Open, site: Site, width: int) -> None:
    """No page scrolls sideways at the widths that count, in either language, long titles and hostile ones included."""
    project = site.city.project("x" * 290, supports=("ENE", "POL", "WEA"))
    task = site.city.task("全市医疗机构检查检验结果互认与居民健康档案共享调阅平台" * 9, criteria=("y" * 200,),
                          supports=("ENE",), parent_id=project)  # fmt: skip
    site.city.do("office1", task, "assign")
    site.city.do("tra_head", project, "submit")
    desk = open_desk(width)
    desk.log_in("office1")
    for lang in ("zh", "en"):
        desk.open("/me")
        desk.page.click(f"main button[name=locale][value={lang}]")
        for path in ("/", "/projects", "/tasks", f"/items/{task}", f"/items/{project}", "/escalations", "/reports",
                     f"/items/{task}/actions/cancel", "/no-such-page"):  # fmt: skip
            desk.open(path)
            assert desk.page.evaluate("document.documentElement.scrollWidth") <= width, (path, lang)


def test_language_and_ground(open_desk: Open, site: Site) -> None:
    """One button switches the language and comes back to the same place; the ground turns dark."""
    site.city.task("Signals")
    desk = open_desk()
    desk.log_in("office1")
    desk.open("/tasks?overdue=1")
    desk.page.click("header button[name=locale]")
    expect(desk.page.locator("h1")).to_have_text("Tasks")
    assert desk.page.url.endswith("/tasks?overdue=1")
    desk.open("/me")
    desk.page.click("main button[name=theme][value=dark]")
    expect(desk.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(desk.page.locator("body")).to_have_css("background-color", "rgb(16, 22, 24)")


def test_keyboard_only(open_desk: Open, site: Site) -> None:
    """Log-in, skip link and an action work by keyboard; what has the focus shows it."""
    task = site.city.task()
    desk = open_desk()
    desk.open("/login")
    desk.page.keyboard.type("office1")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.type(PASSWORD)
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector("nav.side")
    desk.open(f"/items/{task}")
    desk.page.keyboard.press("Tab")
    expect(desk.page.locator(".skip")).to_be_focused()
    desk.page.keyboard.press("Enter")
    for _ in range(10):
        desk.page.keyboard.press("Tab")
        if desk.page.evaluate("document.activeElement.matches('.next .btn-primary')"):
            break
    expect(desk.page.locator(":focus")).to_have_css("outline-width", "2px")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".note-green")).to_be_visible()


def test_slash_goes_to_the_search(open_desk: Open) -> None:
    """The key that the search field names leads to it."""
    desk = open_desk()
    desk.log_in("office1")
    desk.page.keyboard.press("/")
    expect(desk.page.locator(".top-search input")).to_be_focused()


def test_without_script(open_desk: Open, site: Site) -> None:
    """Everything works without script: log in, filter by button, act, read faults."""
    task = site.city.task("没有脚本")
    desk = open_desk(390, script=False)
    desk.log_in("office1")
    desk.open("/tasks")
    desk.page.select_option(".filters select[name=state]", "draft")
    desk.page.click(".filters .no-script")
    expect(desk.page.locator("a.title")).to_have_count(1)
    desk.open(f"/items/{task}/actions/cancel")
    desk.page.click("form .btn-danger")
    expect(desk.page.locator("#f-reason-fault")).to_have_text("请填写理由。")
    desk.open(f"/items/{task}")
    desk.page.click(".tabs.act .btn-primary")
    expect(desk.page.locator(".note-green")).to_be_visible()


def test_hostile_title_runs_nothing(open_desk: Open, site: Site) -> None:
    """P113: a hostile title is text; nothing runs, the policy has nothing to block."""
    task = site.city.task(HOSTILE)
    desk = open_desk()
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    desk.page.on("dialog", note)
    desk.log_in("office1")
    for path in ("/", "/tasks", f"/items/{task}", f"/items/{task}/actions/cancel"):
        desk.open(path)
        assert HOSTILE in desk.page.inner_text("main")
    assert dialogs == []
    assert desk.faults == []
