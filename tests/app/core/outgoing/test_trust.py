"""Outgoing TLS against real servers: who is not known, not meant or too late is refused, and nothing was sent before.

Issue "Operations and proof", part 8: mail (implicit TLS and STARTTLS), webhooks, the provider of single sign-on.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.mail import Mailer, MailServer, MailServerDownError, Security
from app.core.oidc import Client, Provider, ProviderDownError, RefusedError, Start
from app.core.trust import TrustError, check_trust
from app.core.webhook import Target, call
from app.edge.doctor.parts import check_settings
from config import read_settings
from tests.city import NOW
from tests.servers.authority import Authority, Issued, Kind, Secured, serve_secured

SECRET = "made-up-secret-of-ours"


class RefusedCallError(Exception):
    """The other side was not believed; the text is what the product says of it."""


def send_mail(server: Secured) -> None:
    """Hand in a mail with a log-in."""
    kinds: dict[Kind, Security] = {"tls": "tls", "starttls": "starttls", "stripped": "starttls"}
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "us@example.gov", "you@example.gov", SECRET
    message.set_content(SECRET)
    try:
        with Mailer(MailServer("localhost", server.port, kinds[server.kind], "lianban", SECRET), 10.0) as mailer:
            assert mailer.send(message, "us@example.gov", "you@example.gov").verdict == "sent"
    except MailServerDownError as error:
        raise RefusedCallError(str(error)) from error


def call_webhook(server: Secured) -> None:
    """Call an address with a signed body."""
    target = Target("https", "localhost", server.port, "/in", "127.0.0.1")
    answer = call(target, SECRET, {"X-Secret": SECRET}, 10.0)
    if answer.error is not None:
        raise RefusedCallError(answer.error)


def make_client(server: Secured) -> Client:
    """Return a client of the provider that the server is."""
    server.describe_provider()
    return Client(Provider(f"https://localhost:{server.port}", "lianban", SECRET, "ID"), "https://us.example/back")


def ask_provider(server: Secured) -> None:
    """Begin a log-in: the provider is asked what it is."""
    try:
        assert make_client(server).begin().address.startswith("https://localhost:")
    except ProviderDownError as error:
        raise RefusedCallError(str(error)) from error


def give_code(server: Secured) -> None:
    """End a log-in at a provider that was known: the code and our secret are sent to it."""
    client, here = make_client(server), f"https://localhost:{server.port}"
    places = {"token_endpoint": f"{here}/t", "authorization_endpoint": f"{here}/a", "jwks_uri": f"{here}/j"}
    client._metadata, client._fetched = places, time.monotonic()  # noqa: SLF001  # as after a discovery
    server.body = '{"error": "invalid_grant"}'
    try:
        client.finish(Start("", "state", "nonce", "verifier"), SECRET, NOW)
    except ProviderDownError as error:
        raise RefusedCallError(str(error)) from error
    except RefusedError:  # the provider was believed, and took no code
        return
    raise AssertionError("a code that the provider refuses lets nobody in")


WAYS: list[tuple[Kind, Callable[[Secured], None]]] = [
    ("tls", send_mail), ("starttls", send_mail), ("https", call_webhook), ("https", ask_provider),
    ("https", give_code),
]  # fmt: skip
each_way = pytest.mark.parametrize(("kind", "reach"), WAYS, ids=["smtps", "starttls", "webhook", "provider", "code"])


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    """Give the city's own authority."""
    return Authority(tmp_path, "city")


def believe(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Name a file of authorities, as an operator does."""
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


def assert_refused(kind: Kind, reach: Callable[[Secured], None], issued: Issued) -> str:
    """Assert that nobody is reached and nothing said that is secret, or that comes after the greeting; return why."""
    with serve_secured(kind, issued) as server, pytest.raises(RefusedCallError) as refused:
        reach(server)
    assert [one.split(" ")[1] for one in server.said] == (["ehlo", "STARTTLS"] if kind == "starttls" else [])
    assert SECRET not in str(server.said)
    return str(refused.value)


@each_way
def test_an_authority_that_nobody_named_is_refused(ours: Authority, kind: Kind, reach: Any) -> None:  # noqa: ANN401  # a way
    """Without the setting the city's own authority is a stranger, and so is a certificate that signs itself."""
    for issued in (ours.issue("localhost"), ours.issue("localhost", is_own=True)):
        assert_refused(kind, reach, issued)


@each_way
def test_a_named_authority_is_believed(
    ours: Authority, monkeypatch: pytest.MonkeyPatch, kind: Kind, reach: Callable[[Secured], None]
) -> None:
    """`SSL_CERT_FILE` names the city's authority: the certificate that it issued is believed, and all is sent."""
    believe(monkeypatch, ours.root)
    with serve_secured(kind, ours.issue("localhost", "127.0.0.1")) as server:
        reach(server)
    assert server.said
    assert not [one for one in server.said if one.startswith("plain ") and SECRET in one]


@each_way
def test_a_certificate_that_signs_itself_may_be_named(
    ours: Authority, monkeypatch: pytest.MonkeyPatch, kind: Kind, reach: Callable[[Secured], None]
) -> None:
    """The very certificate is believed where it is named; another one that signs itself is not."""
    issued = ours.issue("localhost", is_own=True)
    believe(monkeypatch, issued.certificate)
    with serve_secured(kind, issued) as server:
        reach(server)
    assert server.said
    assert_refused(kind, reach, ours.issue("localhost", is_own=True))


@each_way
def test_another_host_another_time_another_authority(
    tmp_path: Path, ours: Authority, monkeypatch: pytest.MonkeyPatch, kind: Kind, reach: Callable[[Secured], None]
) -> None:
    """A named authority opens nothing else: the host is the one that was meant, the time is now."""
    believe(monkeypatch, ours.root)
    assert_refused(kind, reach, ours.issue("elsewhere.example"))
    assert_refused(kind, reach, ours.issue("127.0.0.1"))  # the right machine under a name that it does not have
    assert_refused(kind, reach, ours.issue("localhost", ended=timedelta(hours=1)))
    (tmp_path / "other").mkdir()
    assert_refused(kind, reach, Authority(tmp_path / "other", "city").issue("localhost"))


def test_starttls_that_was_taken_away_is_refused(ours: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody in between hides the offer: the mail does not go out in the clear, nor does the password."""
    believe(monkeypatch, ours.root)
    with (
        serve_secured("stripped", ours.issue("localhost")) as server,
        pytest.raises(RefusedCallError, match="STARTTLS"),
    ):
        send_mail(server)
    assert {one.split(" ")[1].lower() for one in server.said} <= {"ehlo", "quit"}


def test_a_file_that_names_nobody_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenSSL passes over such a file in silence; the doctor does not."""
    settings = read_settings({"LIANBAN_VAR": str(tmp_path / "var")})
    patient: Any = SimpleNamespace(context=SimpleNamespace(settings=settings))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    check_trust()
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing\n")
    for path in (empty, tmp_path / "none.pem"):
        believe(monkeypatch, path)
        with pytest.raises(TrustError):
            check_trust()
        faults = [one for one in check_settings(patient) if one.state == "fault"]
        assert [one.said.en[:13] for one in faults] == ["SSL_CERT_FILE"]
    believe(monkeypatch, Authority(tmp_path, "good").root)
    check_trust()
    assert [one for one in check_settings(patient) if one.state == "fault"] == []
