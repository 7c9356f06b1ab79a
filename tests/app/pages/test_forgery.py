"""P92 and its kind: no address that writes takes a request without the token against forgery."""

from collections.abc import Callable

from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from tests.app.pages.conftest import Visit

Begin = Callable[[str], Visit]
_SAFE = {"GET", "HEAD", "OPTIONS"}


def _fill(rule: Rule, name: str) -> int | str:
    """Return something that an argument of an address takes."""
    converter = rule._converters[name]  # noqa: SLF001  # werkzeug names the words of `any` nowhere else
    return min(converter.items) if isinstance(converter, AnyConverter) else 1


def _list_writes(app: Flask) -> list[tuple[str, str]]:
    found = []
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - _SAFE:
            path = rule.build({name: _fill(rule, name) for name in rule.arguments})
            if path is not None and not path[1].startswith("/api/"):
                found.append((method, path[1]))
    return sorted(found)


def test_every_write_asks_for_the_token(app: Flask, visit: Begin) -> None:
    """With the cookie of somebody who is logged in but no token, and as htmx too: refused, and nobody is logged out."""
    someone, writes = visit("admin"), _list_writes(app)
    assert len(writes) > 20
    for method, path in writes:
        for headers in ({}, {"HX-Request": "true"}, {"X-CSRFToken": "guessed"}, {"Origin": "https://example.com"}):
            answer = someone.client.open(path, method=method, headers=headers)
            assert answer.status_code == 400, (method, path, headers)
    assert someone.get("/me").status_code == 200


def test_strangers_write_nothing(app: Flask, visit: Begin) -> None:
    """Without log-in and token every write is refused as well."""
    anonymous = visit("")
    for method, path in _list_writes(app):
        assert anonymous.client.open(path, method=method).status_code == 400, (method, path)


def test_htmx_carries_the_token(visit: Begin) -> None:
    """What a page sends by itself brings the token in its header, and is taken with it."""
    someone = visit("office1")
    page = someone.get("/me").text
    token = page.split("X-CSRFToken&#34;: &#34;")[-1] if "&#34;" in page else page.split('{"X-CSRFToken": "')[1]
    headers = {"HX-Request": "true", "X-CSRFToken": token.split('"')[0]}
    assert someone.client.post("/preference", data={"theme": "dark"}, headers=headers).status_code == 303
    assert 'data-bs-theme="dark"' in someone.get("/me").text


def test_foreign_pictures_log_nobody_out(visit: Begin) -> None:
    """P92: an image whose address is the log-out does nothing."""
    someone = visit("office1")
    assert someone.client.get("/logout", headers={"Sec-Fetch-Dest": "image"}).status_code == 405
    assert someone.get("/me").status_code == 200
