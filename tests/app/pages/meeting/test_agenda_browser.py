"""The scripts of agenda and notes in a real browser: dragging, keys, notes that save themselves (issue 7.3, 7.5)."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.app.pages.conftest import Desk, give_passwords
from tests.meeting import Bench

pytestmark = pytest.mark.browser
Open = Callable[..., Desk]


def _found(desk: Desk) -> Bench:
    bench = Bench.found(desk.site.city)
    give_passwords(desk.site.city.database)
    return bench


def test_topics_are_dragged_and_moved_by_keys(open_desk: Open) -> None:
    """A topic is dragged to the top; by keyboard it goes down again and its button keeps the focus."""
    desk = open_desk()
    bench = _found(desk)
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    one, two, three = (bench.put(meeting_id, f"议题{number}") for number in "甲乙丙")
    desk.log_in("office1")
    desk.open(f"/meetings/{meeting_id}")
    page = desk.page
    page.locator("#agenda").scroll_into_view_if_needed()
    handle = page.locator(f"#topic-{three} [data-handle]").bounding_box()
    target = page.locator(f"#topic-{one}").bounding_box()
    assert handle is not None
    assert target is not None
    page.mouse.move(handle["x"] + 4, handle["y"] + 6)
    page.mouse.down()
    page.mouse.move(handle["x"] + 4, target["y"] + target["height"] + 4, steps=8)
    page.mouse.move(handle["x"] + 4, target["y"] + 3, steps=8)
    dragged = page.locator(f"#topic-{three}").element_handle()
    with page.expect_response(lambda answer: "/agenda/order" in answer.url):
        page.mouse.up()
    page.wait_for_function("row => !row.isConnected", arg=dragged)  # the answer stands in its place
    expect(page.locator("#agenda .agenda > li").first).to_have_id(f"topic-{three}")
    assert bench.topics(meeting_id) == [three, one, two]
    button = page.locator(f"#down-{three}")
    button.focus()
    for place in (1, 2):
        with page.expect_response(lambda answer: "/agenda/move" in answer.url):
            page.keyboard.press("Enter")
        expect(page.locator("#agenda .agenda > li").nth(place)).to_have_id(f"topic-{three}")
        expect(button).to_be_focused()
    assert bench.topics(meeting_id) == [one, two, three]
    expect(page.locator(f"#topic-{three} .agenda-at")).to_have_text("14:50")
    assert desk.faults == []


def test_p45_notes_save_themselves_and_two_writers_keep_both(open_desk: Open) -> None:
    """P45: typed text is saved without a click; whoever is late is told, compares, merges; nothing is lost."""
    first, second = open_desk(), open_desk()
    bench = _found(first)
    meeting_id = bench.plan(date(2026, 3, 2), cutoff_on=date(2026, 3, 2))
    bench.do("office1", meeting_id, "call_topics")
    topic_id = bench.put(meeting_id)
    bench.notify(meeting_id)
    bench.attend(meeting_id)
    bench.do("office1", meeting_id, "open")
    for desk, login in ((first, "office1"), (second, "office2")):
        desk.log_in(login)
        desk.open(f"/meetings/{meeting_id}/live?part=topic:{topic_id}")
    first.page.locator("#text").press_sequentially("能源局汇报。")
    expect(first.page.locator("#saved")).to_contain_text("第1稿")
    first.page.locator("#text").press_sequentially("交通局补充。")
    expect(first.page.locator("#saved")).to_contain_text("第2稿")
    second.page.locator("#text").press_sequentially("公安局有意见。")
    expect(second.page.locator("#saved")).to_contain_text("对照后再存")
    second.page.click("#notes form button")
    expect(second.page.locator("#theirs")).to_have_text("能源局汇报。交通局补充。")
    expect(second.page.locator("#mine")).to_have_text("公安局有意见。")
    second.page.fill("#merged", "能源局汇报。交通局补充。公安局有意见。")
    second.page.click("text=保存合并稿")
    expect(second.page.locator("#text")).to_have_value("能源局汇报。交通局补充。公安局有意见。")
    assert first.faults == []
