"""No answer of any kind is without the headers that keep a browser from guessing, framing or keeping it."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.clock import FixedClock
from app.edge.answering.headers import BARE_POLICY, TRANSPORT
from app.factory import create_app
from tests.app.pages.conftest import Visit, app, visit
from tests.city import NOW
from tests.client import Caller, make_settings

__all__ = ["app", "visit"]
PATHS = (
    "/api/v1/items", "/api/v1/nothing", "/api/v1/openapi.json", "/api/v1/tokens", "/healthz", "/login", "/nothing", "/",
    "/assets/theme.css", "/assets/icon.svg", "/assets/htmx/htmx.min.js", "/verify", "/feeds/none.ics",
)  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_says_how_it_is_to_be_taken(caller: Caller, path: str) -> None:
    """Pages, files, problems, health: a policy without frames, no guessing, and JSON in no cache."""
    answer = caller.client.get(path)
    answer.close()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "object-src" not in answer.headers["Content-Security-Policy"], "default-src says it"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in answer.headers
    if (answer.mimetype or "").endswith("json"):
        assert re.search("no-store|no-cache", answer.headers["Cache-Control"])
        assert answer.headers["Content-Security-Policy"] == BARE_POLICY
    if answer.mimetype == "text/html":
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_people_may_read_is_in_no_cache(caller: Caller) -> None:
    """A list is kept by nobody; one thing, which has a tag, is asked for again before it is shown."""
    assert caller.get("office1", "/items").headers["Cache-Control"] == "no-store"
    task = caller.city.task()
    assert caller.get("office1", f"/items/{task}").headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_with_https_every_answer_asks_for_it(database_url: str, tmp_path: Path) -> None:
    """A year, and the hosts below as well."""
    served = create_app(replace(make_settings(database_url, tmp_path), https=True), FixedClock(NOW))
    for path in PATHS:
        answer = served.test_client().get(path, base_url="https://localhost")
        answer.close()
        assert answer.headers["Strict-Transport-Security"] == TRANSPORT, path


def test_logging_out_empties_the_browser(visit: Callable[[str], Visit]) -> None:
    """What the browser kept of pages goes with the session."""
    someone = visit("office1")
    someone.get("/me")
    assert someone.post("/logout").headers["Clear-Site-Data"] == '"cache", "storage"'
