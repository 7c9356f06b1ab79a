"""The door and the preview in a browser: htmx exchanges what changed, nothing is wider than the window, no fault."""

from collections.abc import Callable

import pytest

from tests.app.pages.conftest import Desk
from tests.app.pages.meeting.test_notice_pages import call
from tests.meeting import Bench

Open = Callable[..., Desk]
WIDE = "document.documentElement.scrollWidth <= window.innerWidth"


@pytest.mark.browser
def test_a_press_at_the_door_marks_and_counts(open_desk: Open) -> None:
    """On a phone: pressed, the button stands out and the quorum counts, without a new page; pressed again, not."""
    desk = open_desk(390)
    bench = Bench.found(desk.site.city)
    meeting_id = call(bench)
    desk.log_in("office1")
    desk.open(f"/meetings/{meeting_id}/attendance")
    desk.page.evaluate("window.stays = true")
    before = desk.page.inner_text(".door-quorum")
    desk.page.locator(".door-marks button").first.click()
    desk.page.wait_for_selector(".door-marks button[aria-pressed=true]")
    assert desk.page.inner_text(".door-quorum") != before
    assert desk.page.evaluate("window.stays === true")
    desk.page.locator(".door-marks button[aria-pressed=true]").click()
    desk.page.wait_for_selector(".door-marks button[aria-pressed=true]", state="detached")
    assert desk.page.evaluate(WIDE)
    assert desk.page.locator(".door-marks button").first.bounding_box()["height"] >= 44  # type: ignore[index]  # it is shown
    assert desk.faults == []


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_the_year_is_shown_while_a_series_is_typed(open_desk: Open, *, script: bool) -> None:
    """With and without script the year stands beside the form, and what was typed stays."""
    desk = open_desk(1440, script=script, lang="en-US")
    Bench.found(desk.site.city)
    desk.log_in("office1")
    desk.open("/meeting-series/new")
    desk.page.fill("#f-name", "Monthly")
    desk.page.select_option("#f-weekday", "thu")
    desk.page.click("button[name=preview]")
    desk.page.wait_for_selector("#year table")
    assert "Thursday" in desk.page.inner_text("#year")
    assert desk.page.input_value("#f-name") == "Monthly"
    assert desk.faults == []


@pytest.mark.browser
def test_one_replies_on_a_phone(open_desk: Open) -> None:
    """Leave without a reason is refused and what was typed stays; with one it is kept."""
    desk = open_desk(390)
    meeting_id = call(Bench.found(desk.site.city))
    desk.log_in("ene_head")
    desk.open(f"/meetings/{meeting_id}/reply")
    desk.page.check("input[name=reply][value=leave]")
    desk.page.fill("#f-opinion", "同意开放。")
    desk.page.click("#reply form.stacked button.btn-primary")
    desk.page.wait_for_selector("#reply .note-red")
    assert desk.page.input_value("#f-opinion") == "同意开放。"
    desk.page.fill("#f-why", "出差")
    desk.page.click("#reply form.stacked button")
    desk.page.wait_for_selector("#reply .panel-head .end")
    assert desk.page.inner_text("#reply .panel-head .end") == "请假"
    assert desk.page.evaluate(WIDE)
