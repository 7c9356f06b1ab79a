"""A day: somebody's windows on the lived city, which is put back afterwards; whatever went wrong fails the test."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Locator, expect
from sqlalchemy import select

from app.models.item import Item
from app.pages.translations.en import ENGLISH
from tests.shown.city import Shown
from tests.shown.window import Window, open_window

SHAPES = [("zh", 1440), ("en", 1440), ("zh", 390), ("en", 390)]


@dataclass
class Day:
    """Whoever works today, in one language at one width."""

    browser: Browser
    shown: Shown
    lang: str
    width: int
    windows: list[Window] = field(default_factory=list)

    def begin(self, login: str, path: str = "/") -> Window:
        """Sit down as `login` and open a page."""
        self.shown.prefer(login, locale=self.lang)
        window = open_window(self.browser, self.shown, login, width=self.width, lang=self.lang)
        self.windows.append(window)
        window.open(path)
        expect(window.page.locator("html")).to_have_attribute("lang", "en" if self.lang == "en" else "zh-Hans")
        return window

    def say(self, text: str) -> str:
        """Return a text of the pages in the day's language."""
        return ENGLISH[text] if self.lang == "en" else text

    def state(self, name: str) -> str:
        """Return the state of an item that `Shown` names."""
        with self.shown.database.reading() as session:
            return session.execute(select(Item.state).where(Item.id == self.shown.ids[name])).scalar_one()

    def act(self, window: Window, name: str, action: str, **fields: str) -> None:
        """Take a step on an item from its page, as a person does: find the button, fill the form, send it."""
        window.open(f"/items/{{{name}}}")
        press(find_move(window, f"/items/{self.shown.ids[name]}/actions/{action}"))
        if fields:
            expect(window.page.locator(f"#f-{next(iter(fields))}")).to_be_visible()  # the form's page, not the item's
        for choice in window.page.locator("main .choices").all():
            choice.locator("input").first.check()
        for field_name, value in fields.items():
            window.page.fill(f"#f-{field_name}", value)
        if fields:
            press(window.page.locator("main form .btn-primary").first)
        expect(window.page.locator(".note-green")).to_be_visible()


def find_move(window: Window, address: str) -> Locator:
    """Return the button or link of a step that can be seen: on the phone the first two stand at the foot."""
    selector = f'a.btn[href="{address}"], form[action="{address}"] button'
    return window.page.locator(selector).locator("visible=true").first


def press(target: Locator) -> None:
    """Press what stands on the page, once its styles say what stands there."""
    target.page.wait_for_load_state("load")
    target.scroll_into_view_if_needed()
    target.click()


@pytest.fixture(params=SHAPES, ids=lambda shape: f"{shape[0]}-{shape[1]}")
def day(request: pytest.FixtureRequest, browser: Browser, shown: Shown) -> Iterator[Day]:
    """Give a day on the city as it was kept; no page complained, asked another machine or was too heavy."""
    shown.reset()
    found = Day(browser, shown, *request.param)
    yield found
    wrong = [(w.faults, w.foreign, w.heavy) for w in found.windows if w.faults or w.foreign or w.heavy]
    for window in found.windows:
        window.page.wait_for_load_state("load")  # without its styles a page is as wide as it likes
    wide = [w.page.url for w in found.windows if w.page.evaluate("document.documentElement.scrollWidth") > found.width]
    for window in found.windows:
        window.context.close()
    shown.reset()
    assert wrong == []
    assert wide == []
