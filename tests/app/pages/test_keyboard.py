"""Every main page by keyboard alone: what can be done is reached by Tab, the focus is seen, nothing keeps it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.shown.places import MAIN, Place
from tests.shown.window import Window

pytestmark = pytest.mark.browser
Look = Callable[..., Window]
#: Numbers everything that Tab should reach, in the order of the page. A group of radio buttons is one stop.
_NUMBER = """
() => {
  const groups = new Set();
  let count = 0;
  for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
    if (one.disabled || one.type === "hidden" || one.tabIndex < 0) continue;
    if (!one.checkVisibility({visibilityProperty: true})) continue;
    const folded = one.closest("details:not([open])");
    if (folded && !(one.localName === "summary" && one.parentElement === folded)) continue;
    if (one.type === "radio") {
      const name = (one.form ? one.form.action : "") + one.name;
      if (groups.has(name)) continue;
      groups.add(name);
    }
    one.dataset.stop = ++count;
  }
  return count;
}
"""
#: What has the focus: its number, and whether the focus can be seen on it, on its label or on what is around it.
_LOOK = """
() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const seen = (it) => {
    if (!it) return false;
    const style = getComputedStyle(it), box = it.getBoundingClientRect();
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.width > 0 && box.height > 0;
  };
  const box = one.getBoundingClientRect();
  return {
    stop: Number(one.dataset.stop || 0),
    what: one.outerHTML.slice(0, 160),
    // The button inside of a date's field shows the browser's own ring.
    isSeen: one.type === "date" || seen(one) || seen(one.closest("label")) || seen(one.parentElement),
    isInView: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
  };
}
"""


def walk(page: Page, most: int) -> list[dict[str, Any]]:
    """Press Tab until the page is left or `most` stops were made; return what had the focus."""
    found: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(_LOOK)
        if here is None:
            break
        found.append(here)
    return found


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("place", MAIN, ids=lambda place: place.name)
def test_tab_reaches_everything(look: Look, place: Place, width: int) -> None:
    """In the order of the page, each stop once, none skipped, the focus visible and in view; then the page is left."""
    window = look(place.login, width=width)
    window.open(place.path)
    count = window.page.evaluate(_NUMBER)
    most = count + 5 + 3 * window.page.locator("input[type=date]").count()  # a date is year, month, day, calendar
    stops = walk(window.page, most)
    assert [one["what"] for one in stops if not one["isSeen"]] == []
    assert [one["what"] for one in stops if not one["isInView"]] == []
    numbers = [one["stop"] for one in stops if one["stop"]]
    assert numbers == sorted(numbers)
    missed = window.page.evaluate(
        "seen => [...document.querySelectorAll('[data-stop]')].filter(one => !seen.includes(Number(one.dataset.stop)))"
        ".map(one => one.outerHTML.slice(0, 160))",
        numbers,
    )
    assert missed == []
    assert len(stops) < most, "the focus never leaves the page"


def test_skip_link_and_menu(look: Look) -> None:
    """The first Tab is the way past the menu; Enter on it puts the next Tab inside of the page."""
    window = look("office")
    window.open("/tasks")
    window.page.keyboard.press("Tab")
    expect(window.page.locator(".skip")).to_be_focused()
    expect(window.page.locator(".skip")).to_be_in_viewport()
    window.page.keyboard.press("Enter")
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_what_drops_down_opens_and_closes_by_key(look: Look) -> None:
    """Enter opens what drops down from a list's head, Escape closes it and leaves the focus where it was."""
    window = look("office")
    window.open("/tasks")
    head = window.page.locator("details.drop summary").first
    head.focus()
    window.page.keyboard.press("Enter")
    expect(window.page.locator("details.drop[open]")).to_have_count(1)
    window.page.keyboard.press("Tab")
    window.page.keyboard.press("Escape")
    expect(window.page.locator("details.drop[open]")).to_have_count(0)
    expect(head).to_be_focused()


def test_a_row_is_acted_on_by_key(look: Look) -> None:
    """The form of a row opens by Enter and has the focus; Escape folds it and gives the focus back to its button."""
    window = look("office")
    window.open("/inbox")
    button = window.page.locator(".inbox > li .acts a.btn[hx-get]").first
    button.focus()
    window.page.keyboard.press("Enter")
    form = window.page.locator(".row-form form").first
    expect(form).to_be_visible()
    window.page.wait_for_function("document.activeElement.closest('.row-form') !== null")
    window.page.keyboard.press("Escape")
    expect(window.page.locator(".row-form form")).to_have_count(0)
    expect(button).to_be_focused()
