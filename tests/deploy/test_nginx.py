"""The example for nginx, run: a real nginx with its own files before a real gunicorn with the service's settings."""

import http.client
import json
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.core.database import Database, make_engine
from app.edge.answering.headers import BARE_POLICY, TRANSPORT
from app.pages.register import STATIC
from config import read_settings
from tests.app.pages.conftest import PASSWORD, give_passwords
from tests.city import fill_city
from tests.databases import copy_filled_sqlite
from tests.deploy.serving import DEPLOY, HOST, gunicorn, nginx

_COOKIE = re.compile(r"__Host-session=[^;]+")


@dataclass(frozen=True)
class Answer:
    """What came back: status, all headers (name in small letters, value), body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Return every value of a header."""
        return [value for known, value in self.headers if known == name]


@dataclass(frozen=True)
class Front:
    """nginx as a caller sees it."""

    plain: int
    secure: int
    trust: ssl.SSLContext

    def ask(
        self,
        method: str,
        path: str,
        body: str | bytes = "",
        *,
        source: str = "127.0.0.1",
        host: str = HOST,
        **headers: str,
    ) -> Answer:
        """Send one request over TLS from the address `source` of this machine; the certificate is checked."""
        line = http.client.HTTPSConnection(
            "127.0.0.1", self.secure, source_address=(source, 0), context=self.trust, timeout=60
        )
        line.sock = self._greet(source, host)
        return _ask(line, method, path, body, host, headers)

    def _greet(self, source: str, host: str) -> ssl.SSLSocket:
        plain = http.client.HTTPConnection("127.0.0.1", self.secure, source_address=(source, 0), timeout=60)
        plain.connect()
        return self.trust.wrap_socket(plain.sock, server_hostname=host)


def _ask(
    line: http.client.HTTPConnection, method: str, path: str, body: str | bytes, host: str, headers: dict[str, str]
) -> Answer:
    sent = {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    try:
        line.request(method, path, body or None, sent)
        answer = line.getresponse()
        return Answer(answer.status, [(name.lower(), value) for name, value in answer.getheaders()], answer.read())
    finally:
        line.close()


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Give the made-up city behind nginx, on SQLite; three log-ins an hour from one address."""
    folder = tmp_path_factory.mktemp("nginx")
    url, _ = copy_filled_sqlite(folder, fill_city)
    database = Database(make_engine(url))
    give_passwords(database)
    database.engine.dispose()
    settings = {
        "LIANBAN_DATABASE_URL": url, "LIANBAN_VAR": str(folder / "var"), "LIANBAN_SECRET_KEY": "made-up-" * 5,
        "LIANBAN_HTTPS": "1", "LIANBAN_PROXIES": "1", "LIANBAN_BASE_URL": f"https://{HOST}",
        "LIANBAN_LOG_IN_LIMIT": "3/hour",
    }  # fmt: skip
    with gunicorn(settings) as port, nginx(folder, port) as (plain, secure):
        trust = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
        yield Front(plain, secure, trust)


def test_plain_http_is_led_to_https(front: Front) -> None:
    """To the name of the site, whatever the caller says that it asked for."""
    line = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=60)
    answer = _ask(line, "GET", "/items?x=1", "", HOST, {})
    assert (answer.status, answer.all("location")) == (308, [f"https://{HOST}/items?x=1"])


@pytest.mark.parametrize("path", ["/api/v1/items", "/api", "/feeds/abc.ics", "/healthz", "/readyz", "/metrics"])
def test_programs_are_not_led_to_https(front: Front, path: str) -> None:
    """ASVS 4.1.2: who sent a token in the clear is told so, and does not go on doing it unnoticed."""
    line = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=60)
    answer = _ask(line, "POST", path, "x", HOST, {"Authorization": "Bearer made-up"})
    assert (answer.status, answer.all("location"), b"HTTPS only" in answer.body) == (403, [], True)


def test_a_page_whose_name_begins_alike_is_led_on(front: Front) -> None:
    """Only whole names are a program's: /apiary is nobody's, and led as every page is."""
    line = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=60)
    assert _ask(line, "GET", "/apiary", "", HOST, {}).status == 308


def test_another_name_gets_no_answer(front: Front) -> None:
    """A forged host reaches the product by no way."""
    with pytest.raises(ssl.SSLError, match=r"unrecognized name|handshake failure"):
        front.ask("GET", "/login", host="elsewhere.example")


def test_logging_in_works_with_a_secure_cookie(front: Front) -> None:
    """The form, its token, the page behind; cookies over HTTPS only; each header of safety once, none doubled."""
    shown = front.ask("GET", "/login", source="127.0.0.9")
    assert shown.status == 200
    for name in ("strict-transport-security", "content-security-policy", "x-content-type-options", "x-frame-options"):
        assert len(shown.all(name)) == 1, name
    assert [value.split("/")[0] for value in shown.all("server")] == ["nginx"]
    (cookie,) = shown.all("set-cookie")
    assert "Secure" in cookie
    token = re.search(rb'name="csrf_token" value="([^"]+)"', shown.body)
    assert token
    form = urlencode({"csrf_token": token[1].decode(), "name": "office1", "password": PASSWORD})
    found = _COOKIE.search(cookie)
    assert found
    kind = "application/x-www-form-urlencoded"
    answer = front.ask(
        "POST", "/login", form, source="127.0.0.9", Cookie=found[0], Content_Type=kind, Referer=f"https://{HOST}/login"
    )
    assert (answer.status, answer.all("location")) == (303, ["/"])
    session = _COOKIE.search(next(each for each in answer.all("set-cookie") if "session=" in each))
    assert session
    assert front.ask("GET", "/", Cookie=session[0]).status == 200


def try_password(front: Front, source: str, **headers: str) -> int:
    """Try a wrong password from an address; return the status."""
    body = json.dumps({"login": "nobody", "password": "made-up-made-up", "label": "x", "expires_in_days": 1})
    return front.ask("POST", "/api/v1/tokens", body, source=source, Content_Type="application/json", **headers).status


def test_the_callers_address_arrives_and_no_forged_one(front: Front) -> None:
    """LIANBAN_PROXIES=1: counted by the address that reached nginx, whatever the caller writes into its headers."""
    forged = [{"X_Forwarded_For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"} for n in range(4)]
    assert [try_password(front, "127.0.0.2", **each) for each in forged] == [401, 401, 401, 429]
    assert try_password(front, "127.0.0.3") == 401


def test_figures_stay_inside(front: Front) -> None:
    """/metrics and what is below it: nginx's own 404, not the product's."""
    for path in ("/metrics", "/metrics/", "//metrics", "/%6detrics", "/assets/../metrics"):
        answer = front.ask("GET", path)
        assert (answer.status, b"<center>nginx</center>" in answer.body) == (404, True), path


def assert_safe(answer: Answer) -> None:
    """See that an answer says once each: https for a year, nothing is shown in a frame or run, no type is guessed."""
    assert answer.all("strict-transport-security") == [TRANSPORT]
    assert answer.all("content-security-policy") == [BARE_POLICY]
    assert answer.all("x-content-type-options") == ["nosniff"]


def test_what_nginx_refuses_itself_says_the_same(front: Front) -> None:
    """ASVS 3.4.1, 3.4.6: its own answers without the product behind them, and the product's own as they are."""
    for path in ("/metrics", "/assets/none.css", "/bootstrap/assets/none.css"):
        assert_safe(front.ask("GET", path))
    assert_safe(front.ask("POST", "/api/v1/imports", Content_Length=str(52 * 1024 * 1024), Expect="100-continue"))
    answer = front.ask("GET", "/api/v1/openapi.json")
    assert (answer.status, len(answer.all("content-security-policy"))) == (200, 1)
    assert answer.all("strict-transport-security") == [TRANSPORT]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/assets/account.css?v=0123456789ab", "public, max-age=31536000, immutable"),
        ("/assets/account.css", "no-cache"),
        ("/assets/htmx/htmx.min.js", "no-cache"),
        ("/bootstrap/assets/css/bootstrap.min.css", "no-cache"),
    ],
)
def test_static_files_come_from_nginx(front: Front, path: str, kept: str) -> None:
    """Straight from the installation: caching as the addresses allow, 304 the second time."""
    answer = front.ask("GET", path)
    assert (answer.status, answer.all("cache-control")) == (200, [kept])
    assert_safe(answer)
    (tag,) = answer.all("etag")
    assert front.ask("GET", path, If_None_Match=tag).status == 304


def test_every_static_file_of_the_product_is_served(front: Front) -> None:
    """No folder of static files is missing in the example: each file of ours comes with its own bytes."""
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            assert front.ask("GET", f"/assets/{path.relative_to(STATIC)}").body == path.read_bytes()


def test_what_is_missing_is_not_kept(front: Front) -> None:
    """A file that comes with the next release is not missing for a year."""
    answer = front.ask("GET", "/assets/none.css?v=0123456789ab")
    assert (answer.status, answer.all("cache-control")) == (404, [])


def test_what_is_too_large_ends_at_nginx(front: Front, tmp_path: Path) -> None:
    """client_max_body_size is the largest attachment and 1 MB around it: in step with LIANBAN_MAX_FILE_MB's default."""
    text = (DEPLOY / "nginx" / "lianban.conf").read_text()
    found = re.search(r"client_max_body_size (\d+)m;", text)
    assert found
    assert int(found[1]) == read_settings({"LIANBAN_VAR": str(tmp_path)}).max_file_mb + 1
    answer = front.ask("POST", "/api/v1/imports", Content_Length=str(52 * 1024 * 1024), Expect="100-continue")
    assert answer.status == 413
