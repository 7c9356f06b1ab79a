"""Pages fit their window: nothing runs out at the side, lies over something else or is crushed (principle 8)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.shown.layout import WIDTHS, find_layout_faults
from tests.shown.places import MAIN, Place
from tests.shown.window import Window

pytestmark = pytest.mark.browser
Look = Callable[..., Window]
#: Beside the main pages: registers and forms that hold wide tables.
FURTHER = (
    Place("slip.list_department_records", "/records"),
    Place("document.list_all", "/documents"),
    Place("template.list_all", "/templates"),
    Place("item.list_items", "/items?columns=title,lead,kind,urgency,parent,created,due,budget"),
    Place("item.show_item", "/items/{red}", "leader"),
    Place("item.show_item", "/items/{slip}", "garden"),
    Place("organisation.list_people", "/organisation/people", "admin"),
)
_HERE = "style='position:absolute;left:9px'"
_BROKEN = {
    f"<p><span {_HERE}>其一</span><span {_HERE}>其二</span></p>": "over",
    "<div style='width:1em;overflow-wrap:anywhere'>一二三四五六七八</div>": "crushed",
    "<div style='width:3000px'>宽</div>": "wider",
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("place", [*MAIN, *FURTHER], ids=lambda place: place.name)
def test_a_page_fits_its_window(look: Look, place: Place, lang: str) -> None:
    """On a phone, a small desk and a desk, in both languages: the page fits, no two texts lie over one another."""
    window = look(place.login, lang=lang)
    window.open(place.path)
    found = {}
    for width in WIDTHS:
        window.page.set_viewport_size({"width": width, "height": 900})
        found[width] = find_layout_faults(window.page)
    assert found == {width: [] for width in WIDTHS}


def test_faults_are_seen(browser: Browser) -> None:
    """The measure itself works: it sees texts over one another, crushed ones and a page that is too wide."""
    page = browser.new_page(viewport={"width": 390, "height": 800})
    for content, wanted in _BROKEN.items():
        page.set_content(content)
        faults = find_layout_faults(page)
        assert any(wanted in fault for fault in faults), (content, faults)
    page.set_content("<p>其一</p><p>其二</p>")
    assert find_layout_faults(page) == []
    page.close()
