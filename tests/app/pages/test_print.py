"""Print views: what cannot be pressed on paper falls away, what is read stays, black on white."""

from collections.abc import Callable

import pytest

from tests.shown.places import MAIN, Place
from tests.shown.window import Window

pytestmark = pytest.mark.browser
Look = Callable[..., Window]
#: Never on paper: menu, bar at the top and foot, filters, buttons, fields, what drops down, the ask.
_NEVER = (
    ".side, .top, .tabs, .skip, .banner, .filters, .views, .acts, .next, .btn, details.drop, .bulk, "
    "main input, main select, main textarea"
)
_VISIBLE = """
selector => [...document.querySelectorAll(selector)]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && one.getBoundingClientRect().height > 0
    && one.getBoundingClientRect().right > 0)
  .map(one => one.outerHTML.slice(0, 160))
"""


@pytest.mark.parametrize("place", MAIN, ids=lambda place: place.name)
def test_paper_shows_what_is_read(look: Look, place: Place) -> None:
    """Menu, filters and moves are gone, the title stands there, the ground is white even for who prefers the dark."""
    window = look(place.login, width=1000)
    window.open(place.path)
    window.page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    window.page.emulate_media(media="print")
    assert window.page.evaluate(_VISIBLE, _NEVER) == []
    assert len(window.page.evaluate(_VISIBLE, "h1")) == 1
    colours = "one => { const s = getComputedStyle(document.querySelector(one)); return [s.color, s.backgroundColor] }"
    assert window.page.evaluate(colours, "body") == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    panels = window.page.evaluate(
        "[...document.querySelectorAll('main .panel')].map(one => getComputedStyle(one).backgroundColor)"
    )
    assert set(panels) <= {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
