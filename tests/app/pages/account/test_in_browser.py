"""The second factor in a real browser: drawn under the content policy, readable for axe, at both widths."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pyotp import TOTP

from app.core.clock import FixedClock
from app.factory import create_app
from app.services.rulebook import Rulebook
from config import read_settings
from tests.app.pages.conftest import PASSWORD, give_passwords
from tests.app.pages.test_accessibility import find_grave
from tests.city import NOW, build_city
from tests.databases import copy_sqlite
from tests.serving import serve_whole

pytestmark = pytest.mark.browser
_TAGS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}


@pytest.fixture
def served(database_folder: Path, book: Rulebook, tmp_path: Path) -> Iterator[tuple[str, FixedClock]]:
    """Serve an installation in which administrators need a second factor, with single sign-on that is away."""
    clock = FixedClock(NOW)
    app = create_app(
        read_settings({
            "LIANBAN_DATABASE_URL": copy_sqlite(database_folder), "LIANBAN_VAR": str(tmp_path),
            "LIANBAN_TOTP": "required", "LIANBAN_TOTP_ROLES": "admin", "LIANBAN_OIDC_ISSUER": "http://127.0.0.1:9",
            "LIANBAN_OIDC_CLIENT_ID": "lianban", "LIANBAN_OIDC_CLIENT_SECRET": "made-up",
        }),
        clock,
    )  # fmt: skip
    database = app.extensions["lianban"].database
    build_city(database, book)
    give_passwords(database)
    server = serve_whole(app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}", clock
    server.shutdown()
    thread.join()
    server.server_close()
    database.engine.dispose()


def log_in(page: Page, address: str, login: str) -> None:
    page.goto(f"{address}/login")
    page.fill("#name", login)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")


def find_faults(page: Page) -> list[str]:
    """Return what axe calls grave at both widths, and a page that scrolls sideways."""
    found = []
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{width} {one}" for one in find_grave(page, _TAGS)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{width} scrolls sideways")
    return found


@pytest.mark.parametrize("lang", ["zh-CN", "en-GB"])
def test_set_up_at_log_in_and_used_at_the_next(browser: Browser, served: tuple[str, FixedClock], lang: str) -> None:
    """The QR code is drawn, the codes are shown, the next log-in asks; the console complains of nothing."""
    address, clock = served
    context = browser.new_context(locale=lang, viewport={"width": 1440, "height": 800})
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    log_in(page, address, "admin")
    page.wait_for_url("**/login/second-factor")
    box = page.locator(".qr-box svg").bounding_box()
    assert box is not None
    assert box["width"] == box["height"] > 150
    assert find_faults(page) == []
    secret = TOTP(page.inner_text(".secret").replace(" ", ""))
    page.fill("#code", secret.at(NOW))
    page.press("#code", "Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    assert find_faults(page) == []
    page.click("main .btn-primary")
    page.wait_for_selector("nav.side", state="attached")
    page.goto(f"{address}/me/second-factor")
    assert find_faults(page) == []
    page.goto(f"{address}/me")
    page.click("form[action='/logout'] button")
    log_in(page, address, "admin")
    page.wait_for_url("**/login/code")
    expect(page.locator("#code")).to_be_focused()
    assert find_faults(page) == []
    clock.set(NOW + timedelta(seconds=30))
    page.fill("#code", secret.at(clock.now()))
    page.press("#code", "Enter")
    page.wait_for_selector("nav.side", state="attached")
    assert said == []
    context.close()


def test_a_provider_that_is_away_in_a_browser(browser: Browser, served: tuple[str, FixedClock]) -> None:
    """The button leads back to the log-in with what is wrong; name and password are not marked as wrong."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{served[0]}/login?next=/tasks")
    page.click("text=Log in with single sign-on")
    expect(page.locator(".note-red")).to_contain_text("cannot be reached")
    expect(page.locator(".is-invalid")).to_have_count(0)
    assert find_faults(page) == []
    log_in(page, served[0], "office1")
    page.wait_for_selector("nav.side", state="attached")
    context.close()
