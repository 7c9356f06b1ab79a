"""A request's id and its line in the log: what stands in it, and what never may."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from app.core.clock import FixedClock
from app.core.watch.hiding import hide_values
from app.core.watch.logs import begin_logging
from app.core.watch.trace import current_trace
from app.edge.context import current_context
from app.factory import create_app
from tests.app.core.watch.restoring import restored_logging
from tests.city import NOW, City
from tests.client import Caller, make_settings

GIVEN = "3f2a9c1b7d5e4a60"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Log into memory, as a serving process does."""
    made = io.StringIO()
    with restored_logging():
        begin_logging("json", made)
        yield made


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return the lines of requests."""
    return [one for line in stream.getvalue().splitlines() if (one := json.loads(line))["event"] == "request"]


def test_a_request_is_one_line_with_its_id(caller: Caller, city: City, stream: io.StringIO) -> None:
    """Pattern instead of path, person, statements and times; the answer carries the same id."""
    from_city = city.people["office1"]
    answer = caller.get("office1", "/items?q=zhang-private")
    told = lines(stream)[-1]
    assert told["id"] == answer.headers["X-Request-Id"]
    assert (told["route"], told["method"], told["status"], told["person"]) == ("/api/v1/items", "GET", 200, from_city)
    assert told["statements"] > 0
    assert 0 <= told["statement_milliseconds"] <= told["milliseconds"]
    assert "zhang-private" not in stream.getvalue()
    assert current_trace() is None


def test_what_leads_nowhere_is_not_repeated(caller: Caller, stream: io.StringIO) -> None:
    """An address that is none of ours may hold anything: neither the line nor a label has it."""
    caller.client.get("/zhang-private/passwords.txt")
    told = lines(stream)[-1]
    assert (told["route"], told["status"]) == ("unmatched", 404)
    assert "zhang-private" not in stream.getvalue()


def test_a_refusal_says_its_number_in_both_languages(caller: Caller, stream: io.StringIO) -> None:
    """Error pages and problem documents show the id of the log's line; the line has the refusal's code."""
    problem = caller.get("office1", "/items/999999")
    told = lines(stream)[-1]
    assert problem.json["request_id"] == problem.headers["X-Request-Id"] == told["id"]
    assert told["refused"] == problem.json["code"] == "not_found"
    page = caller.client.get("/nowhere")
    assert f"请求编号{page.headers['X-Request-Id']}" in page.text
    english = caller.client.get("/nowhere", headers={"Accept-Language": "en"})
    assert f"Request {english.headers['X-Request-Id']}: tell the administrator this number" in english.text


@pytest.mark.parametrize("proxies", [0, 1])
def test_only_a_trusted_proxy_names_a_request(database_url: str, city: City, tmp_path: Path, proxies: int) -> None:
    """LIANBAN_PROXIES=0: whatever a client sends is passed over; 1: what is well-formed is taken, the rest is not."""
    assert city
    app = create_app(replace(make_settings(database_url, tmp_path), proxies=proxies), FixedClock(NOW))
    client: FlaskClient = app.test_client()
    found = client.get("/healthz", headers={"X-Request-Id": GIVEN}).headers.getlist("X-Request-Id")
    assert (found == [GIVEN]) == (proxies == 1)
    for bad in ("short", "x" * 80, "<script>alert(1)</script>", "a b c d e f g h"):
        answer = client.get("/healthz", headers={"X-Request-Id": bad})
        assert bad not in str(answer.headers)
        assert len(answer.headers["X-Request-Id"]) == 14
    with app.app_context():
        current_context().database.engine.dispose()


def test_a_fault_of_the_product_is_logged_with_its_id(
    caller: Caller, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trace and line carry the number that the visitor is shown; neither tells what the fault said of values."""
    caller.app.testing = False

    said = "broken\nDETAIL: zhang-private"

    def fail() -> None:
        raise RuntimeError(said)

    monkeypatch.setitem(caller.app.view_functions, "api_health.tell_alive", fail)
    answer = caller.client.get("/healthz")
    assert (answer.status_code, answer.json["code"]) == (500, "error")
    written = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {one["id"] for one in written} == {answer.json["request_id"]}
    assert [one["level"] for one in written] == ["error", "error"]
    assert "RuntimeError: broken" in written[0]["exception"]
    assert "zhang-private" not in stream.getvalue()


def test_an_answer_that_streams_is_told_of_at_its_end(
    caller: Caller, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it asks of the database while it goes out counts to it."""

    def show() -> Any:  # noqa: ANN401  # an answer
        def write() -> Iterator[bytes]:
            trace = current_trace()
            assert trace is not None
            yield b"a"
            trace.statements += 7
            yield b"b"

        return caller.app.response_class(write())

    monkeypatch.setitem(caller.app.view_functions, "api_health.tell_alive", show)
    with caller.client.get("/healthz") as answer:
        assert answer.data == b"ab"
    assert lines(stream)[-1]["statements"] == 7


def test_secrets_sent_everywhere_are_in_no_line(caller: Caller, city: City, stream: io.StringIO) -> None:
    """Passwords, tokens, cookies, codes and typed texts: in paths, queries, headers, forms and bodies of every kind."""
    sesame = "sesame-open-wide-4711"
    hide_values([sesame.upper()])
    token = caller.token("office1")
    client = caller.client
    heads = {
        "Authorization": f"Bearer {sesame}", "Cookie": f"session={sesame}; other={sesame}", "X-Request-Id": sesame,
        "Referer": f"http://localhost/?password={sesame}", "User-Agent": sesame, "X-Forwarded-For": sesame,
        "Idempotency-Key": sesame, "If-Match": sesame, "Origin": f"http://{sesame}.example", "Accept-Language": sesame,
    }  # fmt: skip
    form = {"name": sesame, "password": sesame, "csrf_token": sesame, "code": sesame, "next": f"/{sesame}"}
    for path in ("/login", "/messages/read-all", f"/{sesame}", "/me/password", "/verify", "/preference"):
        client.get(f"{path}?token={sesame}&q={quote(sesame)}", headers=heads)
        client.post(f"{path}?token={sesame}", data=form, headers=heads)
    client.get(f"/feeds/{sesame}.ics")
    client.get(f"/verify/{sesame}")
    for path in ("/tokens", "/items", "/tasks", "/webhooks", f"/items/{city.people['office1']}/actions/receive"):
        body = {"name": sesame, "password": sesame, "secret": sesame, "fields": {"reason": sesame}, "title": sesame}
        for given in (heads, {"Authorization": f"Bearer {token}", "If-Match": sesame}):
            client.post(f"/api/v1{path}?q={sesame}", json=body, headers=given)
            client.post(f"/api/v1{path}", data=sesame.encode(), headers=given)
            client.get(f"/api/v1{path}?q={sesame}&cursor={sesame}", headers=given)
    written = stream.getvalue()
    assert len(lines(stream)) > 40
    for secret in (sesame, token, token.removeprefix("lb_"), caller.context.settings.secret_key):
        assert secret not in written
