"""The administrator's day: people and posts, the scheduler, what was sent."""

import pytest
from playwright.sync_api import expect

from tests.app.pages.days.conftest import Day, press

pytestmark = pytest.mark.browser


def test_the_administrator_looks_after_people(day: Day) -> None:
    """From the list of people to a person and their department; a merge asks for its target; the jobs are seen."""
    admin = day.begin("admin", "/organisation")
    press(admin.page.locator('main a[href="/organisation/people"]').first)
    press(admin.page.locator(f'main a[href="/organisation/people/{day.shown.ids["person"]}"]').first)
    expect(admin.page.locator("h1")).to_contain_text("示例·陆川")
    admin.open("/organisation/departments/{department}")
    expect(admin.page.locator("h1")).to_be_visible()
    admin.open("/scheduler")
    expect(admin.page.locator("main table, main .rows").first).to_be_visible()
    admin.open("/deliveries")
    expect(admin.page.locator("h1")).to_be_visible()


def test_anybody_logs_in_and_chooses(day: Day) -> None:
    """The door itself: log in by the form, change language and ground, log out."""
    window = day.begin("", "/login")
    page = window.page
    page.fill("#name", "housing2")
    page.fill("#password", "yunzhou-demo")
    press(page.locator("form.stacked button").first)
    page.wait_for_selector("main h1")
    window.open("/me")
    press(page.locator("main button[name=theme][value=dark]"))
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    other = "zh" if day.lang == "en" else "en"
    press(page.locator(f"main button[name=locale][value={other}]"))
    expect(page.locator("html")).to_have_attribute("lang", "en" if other == "en" else "zh-Hans")
    press(page.locator('form[action="/logout"] button').locator("visible=true").first)
    page.wait_for_selector("#password")
