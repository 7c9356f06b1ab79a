"""The inbox in a browser: acting in place, many at once with a refusal, the same without script; axe finds nothing."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.app.pages.conftest import Desk

Open = Callable[..., Desk]


def assign(desk: Desk, *titles: str) -> list[int]:
    """Give the transport department tasks that wait for receipt."""
    city = desk.site.city
    ids = [city.task(title) for title in titles]
    for item_id in ids:
        city.do("office1", item_id, "assign")
    return ids


def test_rows_are_acted_on_in_place_and_many_at_once(open_desk: Open) -> None:
    """Issue 4 no. 3: one click is the outcome in the row; a form opens in it; a bulk move shows a result for each."""
    desk = open_desk()
    first, second, third, fourth = assign(desk, "甲", "乙", "丙", "丁")
    desk.log_in("tra_head")
    desk.open("/inbox")
    page, city = desk.page, desk.site.city
    page.click(f"#row-{first} .btn-primary")
    page.wait_for_selector(f"#row-{first}.outcome")
    assert city.state(first) == "received"
    page.check(f"#row-{second} input[name=pick]")
    page.wait_for_selector("#bulk-moves button:has-text('签收')")
    tick = "box => { box.click(); return document.getElementById('bulk-moves').inert; }"
    assert page.eval_on_selector(f"#row-{third} input[name=pick]", tick), "moves of fewer than are ticked wait"
    page.wait_for_selector("#bulk-moves:not([inert]) button:has-text('签收')")
    assert page.locator("#bulk-moves button:has-text('开始承办')").count() == 0
    city.do("office1", third, "extend", {"new_due_on": "2026-05-01", "reason": "调整"})
    page.click("#bulk-moves button:has-text('签收')")
    page.wait_for_selector("h1:has-text('办理结果')")
    assert (city.state(second), city.state(third)) == ("received", "assigned")
    assert "已被他人修改" in page.inner_text("main")
    desk.open("/inbox")
    city.do("tra_staff", fourth, "receive")
    page.click(f"#row-{fourth} .btn-primary")
    page.wait_for_selector(f"#row-{fourth}.is-refused")
    assert desk.faults == []


@pytest.mark.parametrize("width", [390, 1440])
def test_inbox_log_and_home_are_whole_without_script(open_desk: Open, width: int) -> None:
    """Without script the same forms send; no page scrolls sideways; axe finds nothing serious."""
    desk = open_desk(width, script=False)
    (item_id,) = assign(desk, "一件标题很长很长的跨部门数据共享和业务协同任务")
    desk.log_in("tra_head")
    desk.open("/inbox")
    desk.page.check(f"#row-{item_id} input[name=pick]")
    desk.page.click("#bulk button")
    desk.page.click("form[action='/inbox/bulk'][method=post] button")
    assert desk.site.city.state(item_id) == "received"
    seeing = open_desk(width)
    seeing.log_in("leader")
    for path in ("/", "/inbox", "/log"):
        seeing.open(path)
        assert seeing.page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = Axe().run(seeing.page).response["violations"]
        serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
        assert serious == [], path
    assert seeing.faults == []
