"""WCAG 2.1 AA: axe finds nothing serious on any page, on both grounds, at desk and phone width."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.shown.places import PLACES, Place
from tests.shown.window import Window

pytestmark = pytest.mark.browser
Look = Callable[..., Window]
GRAVE = {"serious", "critical"}
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
_ALL = {"runOnly": {"type": "tag", "values": _TAGS}, "resultTypes": ["violations"]}
#: The dark ground changes colours and nothing else.
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}


def find_grave(page: Page, options: dict[str, Any]) -> Iterator[str]:
    """Yield what axe calls serious or critical, with where it stands."""
    found = Axe().run(page, options=options).response["violations"]
    for violation in found:
        if violation["impact"] in GRAVE:
            for node in violation["nodes"]:
                yield f"{violation['id']}: {node['html'][:200]} — {node['failureSummary'][:300]}"


def find_all(window: Window) -> list[str]:
    """Return every grave fault of the page that is open, at both widths and on both grounds."""
    found = []
    for width in (1440, 390):
        window.page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            window.page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
            options = _ALL if theme == "light" else _COLOURS
            found += [f"{width} {theme} {one}" for one in find_grave(window.page, options)]
    return found


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_axe_finds_nothing_grave(look: Look, place: Place) -> None:
    """A page, and every part of it that is folded away, read by axe."""
    window = look(place.login)
    window.open(place.path, place.status)
    window.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = find_all(window)
    assert not found, "\n".join(dict.fromkeys(found))


def test_axe_would_find_something(look: Look) -> None:
    """The search itself works: grey on white is found, and so is a field without a name."""
    window = look("office")
    window.open("/me")
    window.page.evaluate(
        "document.querySelector('h1').style.color = '#bbb';"
        "document.querySelector('main').append(document.createElement('input'))"
    )
    found = "\n".join(find_all(window))
    assert "color-contrast" in found
    assert "label" in found
