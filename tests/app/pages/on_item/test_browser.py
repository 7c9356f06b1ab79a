"""Remarks in a real browser: people are offered behind an @, chosen by keys, and told."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.app.pages.conftest import Desk
from tests.app.services.on_item.adding import read


def test_a_mention_is_chosen_while_typing(open_desk: Callable[..., Desk]) -> None:
    """@ and the beginning of a name offer readers; Enter takes one; sent, the remark names exactly that person."""
    desk = open_desk()
    task = desk.site.city.task(supports=("ENE",))
    desk.log_in("tra_staff")
    desk.open(f"/items/{task}")
    box = desk.page.locator("#remark-text")
    box.press_sequentially("请 @ene")
    options = desk.page.locator("#mention-list [role=option]")
    expect(options).to_have_count(2)
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    name = options.nth(1).locator("span").first.inner_text()
    box.press("Enter")
    expect(desk.page.locator("#mention-list")).to_be_hidden()
    expect(box).to_have_value(f"请 @{name} ")
    box.press_sequentially("看一下")
    desk.page.get_by_role("button", name="发出").click()
    expect(desk.page.locator("#remarks .remark").first).to_contain_text(f"请 @{name} 看一下")
    expect(desk.page.locator("#remarks .mention")).to_have_text(f"@{name}")
    (row,) = read(desk.site.city, "tra_head", task)
    assert row.mentions == (name,)
    assert desk.faults == []


def test_the_phone_shows_the_form_without_scrolling_sideways(open_desk: Callable[..., Desk]) -> None:
    """390 px: panel and pages keep their width, without script too."""
    desk = open_desk(390, script=False)
    task = desk.site.city.task()
    desk.log_in("tra_staff")
    for path in (f"/items/{task}", f"/items/{task}/remarks", f"/items/{task}/copies", "/copies", "/archive"):
        desk.open(path)
        expect(desk.page.locator("h1")).to_be_visible()
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390, path
