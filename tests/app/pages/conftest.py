"""Fixtures for the pages: the application on each database, visitors who are logged in, a real browser."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.core.clock import FixedClock
from app.core.database import Database
from app.factory import create_app
from app.models.organisation import Person
from app.services.rulebook import Rulebook
from config import read_settings
from tests.city import NOW, City, fill_city, find_city
from tests.databases import copy_filled_sqlite, drop_sqlite
from tests.lived import find_shared
from tests.serving import serve_whole
from tests.shown.city import Shown, serve_shown
from tests.shown.window import Window, open_window

PASSWORD = "made-up-but-long-enough"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_KEY = re.compile(r'name="key" value="([^"]+)"')


@cache
def hash_once() -> str:
    """Return a cheap hash of the tests' password."""
    return PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)


def give_passwords(database: Database) -> None:
    """Let everybody in the city log in."""
    with database.writing() as session:
        session.execute(update(Person).where(~Person.is_system).values(password_hash=hash_once()))


@dataclass
class Visit:
    """A visitor's browser without script."""

    client: FlaskClient
    login: str = ""
    #: The last page that was read: its token and key go into the next form.
    last: str = field(default="")

    def get(self, address: str, *, follow: bool = False, **more: Any) -> TestResponse:  # noqa: ANN401
        """Read a page."""
        response = self.client.get(address, follow_redirects=follow, **more)
        if _TOKEN.search(response.text if response.mimetype == "text/html" else ""):
            self.last = response.text
        return response

    def post(self, address: str, **fields: str) -> TestResponse:
        """Send a form with the token of the page that was read last; double underscores stand for dots."""
        data = {name.replace("__", "."): value for name, value in fields.items()}
        data.setdefault("csrf_token", self.token)
        return self.client.post(address, data=data)

    @property
    def token(self) -> str:
        """The token against forgery of the last page."""
        found = _TOKEN.search(self.last)
        return found[1] if found else ""

    @property
    def key(self) -> str:
        """The first idempotency key of the last page."""
        found = _KEY.search(self.last)
        return found[1] if found else ""

    def log_in(self, login: str, target: str = "", password: str = PASSWORD) -> TestResponse:
        """Log in through the form."""
        address = "/login" + (f"?{urlencode({'next': target})}" if target else "")
        self.get(address)
        return self.post(address, name=login, password=password)


@pytest.fixture
def app(city: City, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """Give the application on the city's database; everybody there has a password."""
    give_passwords(city.database)
    yield from _make_app(database_url, tmp_path)


def _make_app(url: str, var: Path) -> Iterator[Flask]:
    settings = read_settings(
        {"LIANBAN_DATABASE_URL": url, "LIANBAN_VAR": str(var), "LIANBAN_SECRET_KEY": "made-up-" * 5}
    )
    app = create_app(settings, FixedClock(NOW))
    yield app
    app.extensions["lianban"].database.engine.dispose()


@pytest.fixture
def visit(app: Flask) -> Callable[[str], Visit]:
    """Give visitors by login, logged in; an empty login is an anonymous one."""

    def begin(login: str) -> Visit:
        found = Visit(app.test_client(), login)
        if login:
            assert found.log_in(login).status_code == 303
        found.client.set_cookie("lang", "zh")
        return found

    return begin


@dataclass
class Site:
    """A served application on SQLite, its city and its address."""

    city: City
    address: str


@pytest.fixture
def site(database_folder: Path, book: Rulebook, tmp_path: Path) -> Iterator[Site]:
    """Serve the application from a loopback port."""
    url, built = copy_filled_sqlite(database_folder, fill_city)
    for app in _make_app(url, tmp_path):
        city = find_city(app.extensions["lianban"].database, book, built)
        give_passwords(city.database)
        server = serve_whole(app)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield Site(city, f"http://127.0.0.1:{server.port}")
        server.shutdown()
        thread.join()
        server.server_close()
    drop_sqlite(url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a Chromium."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@dataclass
class Desk:
    """A browser's page on the site; `faults` collects what its console complains of."""

    page: Page
    site: Site
    faults: list[str]

    def log_in(self, login: str) -> None:
        """Log in through the form."""
        self.page.goto(f"{self.site.address}/login")
        self.page.fill("#name", login)
        self.page.fill("#password", PASSWORD)
        with self.page.expect_navigation(wait_until="load"):  # the scripts too have run: a key may be pressed next
            self.page.click("form.stacked button")
        self.page.wait_for_selector("nav.side", state="attached")

    def open(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(self.site.address + path)


@pytest.fixture
def open_desk(browser: Browser, site: Site) -> Iterator[Callable[..., Desk]]:
    """Give desks of a width, in Chinese, with or without script."""
    contexts = []

    def begin(width: int = 1440, *, script: bool = True, lang: str = "zh-CN") -> Desk:
        context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script, locale=lang)
        contexts.append(context)
        page = context.new_page()
        desk = Desk(page, site, [])
        page.on("console", lambda message: desk.faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: desk.faults.append(str(error)))
        return desk

    yield begin
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Serve the lived city; what a test changes in it, it puts back by `reset`."""
    with serve_shown(find_shared(tmp_path_factory), tmp_path_factory.mktemp("shown")) as found:
        yield found


@pytest.fixture
def look(browser: Browser, shown: Shown) -> Iterator[Callable[..., Window]]:
    """Give windows on the lived city: whose, how wide, in which language."""
    windows = []

    def begin(login: str, **more: Any) -> Window:  # noqa: ANN401  # as `open_window` takes them
        windows.append(open_window(browser, shown, login, **more))
        return windows[-1]

    yield begin
    for window in windows:
        window.context.close()
