"""Every address of the pages fed with what breaks readers: in its query, in its form, in what it is sent as a file."""

import io
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from app.factory import REQUEST_MAX
from app.pages import register
from tests.app.pages.conftest import Visit, app, visit
from tests.city import City
from tests.fuzz.food import NASTY

__all__ = ["app", "visit"]
Begin = Callable[[str], Visit]
#: Names that forms and addresses use; what one of them does not know it leaves alone.
NAMES = tuple(
    name
    for line in (
        "q cursor after view light kind sort columns year from until n on since place scope period version key",
        "as title name reason text department due_on person id item f.reason f.due_on f.progress_pct f.text",
        "fields data table step query form who to amount r1.title r1.department rows packed lines lang next _form",
        "_who duty code url topics",
    )
    for name in line.split()
)
_SENT_MAX = 400


def _rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/") or rule.endpoint.endswith("static") or rule.endpoint == "log_in.log_out":
            continue
        values = {name: _fill(rule, name) for name in rule.arguments}
        built = rule.build(values)
        if built is not None:
            yield rule, built[1]


def _fill(rule: Rule, name: str) -> int | str:
    converter = rule._converters[name]  # noqa: SLF001  # werkzeug names the words of `any` nowhere else
    return min(converter.items) if isinstance(converter, AnyConverter) else 1


def _feed(dice: random.Random) -> dict[str, str]:
    """Return a form of nasty texts, none of them so long that the request as a whole is refused."""
    chosen = dice.sample(NAMES, dice.randrange(3, 12))
    return {name: dice.choice(NASTY)[:_SENT_MAX].encode("utf-8", "ignore").decode() for name in chosen}


def test_no_address_fails_whatever_it_is_sent(app: Flask, city: City, visit: Begin) -> None:
    """Whoever is logged in, whatever stands in query, form or path: an answer, never a fault of the product's."""
    city.task(supports=("ENE",))
    city.project()
    dice = random.Random(9)  # noqa: S311  # the same every time
    logins = ("office1", "admin")
    someone = {login: visit(login) for login in logins}
    asked = 0
    for rule, path in _rules(app):
        for login in logins:
            answer = _send(someone[login], rule, path, dice)
            assert answer.status_code < 500, (login, rule.rule, answer.status_code)
            asked += 1
    assert asked > 300


def _send(visitor: Visit, rule: Rule, path: str, dice: random.Random) -> TestResponse:
    client: FlaskClient = visitor.client
    if "POST" not in (rule.methods or ()):
        return client.get(path, query_string=_feed(dice))
    visitor.get("/me")
    form: dict[str, object] = {**_feed(dice), "csrf_token": visitor.token}
    if dice.random() < 0.5:
        form["file"] = (
            io.BytesIO(dice.randbytes(dice.randrange(200))),
            dice.choice(("a.csv", "b.xlsx", "../c.pdf", "d.ics")),
        )
    return client.post(path, data=form, content_type="multipart/form-data")


def test_nobody_sends_more_than_an_address_takes(app: Flask) -> None:
    """A form is refused by its length before anything of it is read or kept, whoever sends it."""
    client = app.test_client()
    for rule, path in _rules(app):
        if "POST" in (rule.methods or ()) and not path.startswith("/verify"):
            body = b"--x\r\n" + b"x" * REQUEST_MAX
            answer = client.post(path, data=body, content_type="multipart/form-data; boundary=x")
            assert answer.status_code == 413, (path, answer.status_code)


def test_what_is_nobodys_to_ask_for_is_not_there(app: Flask) -> None:
    """No listing of a folder, no source, no repository, no way out of the assets, no TRACE; no header within a path."""
    client = app.test_client()
    for path in (
        "/.git/config",
        "/config.py",
        "/assets/",
        "/assets/../register.py",
        "/assets/%2e%2e/register.py",
        "/var/secret_key",
    ):
        assert client.get(path).status_code == 404, path
    assert client.open("/login", method="TRACE").status_code == 405
    assert "X-Planted" not in client.get("/nothing%0d%0aX-Planted:1").headers


def test_no_script_keeps_anything_in_the_browser() -> None:
    """What people read and write lies on the server; htmx keeps no pages (its history has no room)."""
    pages = Path(register.__file__).parent
    for script in (pages / "static").glob("*.js"):
        said = script.read_text(encoding="utf-8")
        assert not re.search(
            r"localStorage|sessionStorage|indexedDB|document\.cookie|postMessage|eval\(|new Function", said
        )
    assert '"historyCacheSize": 0' in (pages / "templates" / "base.html").read_text(encoding="utf-8")
