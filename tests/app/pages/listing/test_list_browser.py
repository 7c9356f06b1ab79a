"""Lists with script: short addresses, filters that go together, drop-downs by keyboard; and the same without script."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.app.pages.conftest import Desk

Open = Callable[..., Desk]


def test_filters_behind_more_go_together(open_desk: Open) -> None:
    """A change behind "more" waits for its button; the address then holds what was chosen and nothing empty."""
    desk = open_desk()
    desk.site.city.task("特急的", urgency="very_urgent", due_on=date(2026, 5, 1))
    desk.site.city.task("平常的", due_on=date(2026, 5, 1))
    desk.log_in("office1")
    desk.open("/tasks")
    page = desk.page
    page.click(".more-filters > summary")
    page.select_option("#m-urgency", "very_urgent")
    page.fill("#m-due_until", "2026-06-01")
    assert page.url.endswith("/tasks")
    page.click(".more-filters button")
    page.wait_for_url("**/tasks?*urgency=very_urgent*")
    expect(page.locator("a.title")).to_have_text(["特急的"])
    assert "q=" not in page.url
    assert "due_until=2026-06-01" in page.url
    assert desk.faults == []


def test_drop_downs_by_keyboard(open_desk: Open) -> None:
    """Enter opens, Escape closes and leads back to the button."""
    desk = open_desk()
    desk.log_in("office1")
    desk.open("/tasks")
    summary = desk.page.locator(".drop > summary").nth(1)
    summary.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#view-name")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator("#view-name")).to_be_hidden()
    assert summary.evaluate("element => element === document.activeElement")


def test_views_and_columns_without_script_on_a_phone(open_desk: Open) -> None:
    """No script: a view is saved and its tab stands there; columns are chosen; nothing moves sideways."""
    desk = open_desk(390, script=False)
    desk.site.city.task("甲", urgency="urgent")
    desk.log_in("office1")
    desk.open("/tasks?urgency=urgent")
    page = desk.page
    page.click(".drop > summary >> nth=1")
    page.fill("#view-name", "急件")
    page.click("form[action='/views'] button")
    expect(page.locator(".list-views [aria-current]")).to_have_text("急件")
    page.click(".drop > summary >> nth=0")
    page.check("input[name=columns][value=urgency]")
    page.click(".drop[open] button")
    page.wait_for_url("**columns=**")
    expect(page.locator("td", has_text="急件").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("script", [True, False])
def test_the_phones_search_has_the_cursor(open_desk: Open, *, script: bool) -> None:
    """On a phone the magnifying glass leads to the list with the cursor in its search field."""
    desk = open_desk(390)
    desk.log_in("office1")
    if not script:
        desk.page.context.route("**/*.js*", lambda route: route.abort())
    desk.open("/")
    desk.page.click("a.search-link")
    expect(desk.page.locator("#q")).to_be_focused()


def test_wide_things_show_at_their_edge(open_desk: Open) -> None:
    """On a phone the row of filters scrolls by itself; a shade stands at its edge and goes at the end."""
    desk = open_desk(390)
    desk.log_in("office1")
    desk.open("/tasks")
    shade = desk.page.evaluate(
        "getComputedStyle(document.querySelector('.list-filters > .filters'), '::after').backgroundImage"
    )
    assert shade.startswith("linear-gradient")
