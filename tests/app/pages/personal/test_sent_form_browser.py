"""Back and send again in a real browser, which fills the fresh form with what was typed before."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.app.pages.conftest import Desk, Site
from tests.app.services.batch.batches import count_items

pytestmark = pytest.mark.browser
Open = Callable[..., Desk]


@pytest.mark.parametrize("script", [True, False])
def test_back_and_send_again_asks_first(open_desk: Open, site: Site, *, script: bool) -> None:
    """One task, a question with a link to it; ticked, the second is made on purpose."""
    desk = open_desk(script=script)
    desk.log_in("office1")
    desk.open("/tasks/new")
    page, send = desk.page, "form.stacked .acts .btn-primary"
    page.fill("#r0-title", "信号机对接")
    page.select_option("#r0-department", f"id:{site.city.departments['TRA']}")
    page.fill("#r0-due_on", "2026-04-01")
    page.click(send)
    expect(page.locator(".note-green")).to_be_visible()
    address = page.url
    page.go_back()
    if not page.input_value("#r0-title"):  # what a browser restores is its own affair: this is what it does
        page.fill("#r0-title", "信号机对接")
        page.select_option("#r0-department", f"id:{site.city.departments['TRA']}")
        page.fill("#r0-due_on", "2026-04-01")
    page.click(send)
    note = page.locator(".note-yellow", has_text="已提交过同样的内容")
    expect(note).to_be_visible()
    assert note.locator("a").get_attribute("href") == address.removeprefix(site.address)
    assert count_items(site.city) == 1
    page.check("#f-again")
    page.click(send)
    expect(page.locator(".note-green")).to_be_visible()
    assert count_items(site.city) == 2
