"""The client of OpenID Connect by itself: safe addresses, keys that change, answers that cannot be used."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from app.core import oidc
from app.core.oidc import Client, Outsider, Provider, ProviderDownError, RefusedError, is_safe_address
from tests.app.pages.account.test_single_sign_on import ask_provider
from tests.city import NOW
from tests.provider import CLIENT_ID, CLIENT_SECRET, SmallProvider, serve_provider

BACK = "https://lianban.example/login/single-sign-on/back"


@pytest.fixture
def provider() -> Iterator[SmallProvider]:
    """Give a provider that runs."""
    with serve_provider(NOW) as found:
        yield found


def make_client(provider: SmallProvider) -> Client:
    return Client(Provider(provider.issuer, CLIENT_ID, CLIENT_SECRET, "ID"), BACK)


def go_through(client: Client) -> Outsider:
    """Begin, let the provider answer, finish."""
    start = client.begin()
    code = parse_qs(urlsplit(ask_provider(start.address)).query)["code"][0]
    return client.finish(start, code, NOW)


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://id.example.gov/realm", True), ("http://127.0.0.1:9", True), ("http://[::1]/x", True),
        ("http://localhost:8080", True), ("http://id.example.gov", False), ("ftp://id.example.gov", False),
        ("https://", False), ("https://user@id.example.gov", False), ("https://id.example.gov#x", False),
        ("https://[", False), ("", False), ("http://127.0.0.1.example.gov", False),
    ],
)  # fmt: skip
def test_safe_addresses(url: str, *, is_safe: bool) -> None:
    """Only https, or http to this machine itself; nothing that hides another host."""
    assert is_safe_address(url) is is_safe


def test_a_new_key_is_fetched(provider: SmallProvider) -> None:
    """What a provider says of itself is kept; when it signs with another key, its keys are fetched anew."""
    client = make_client(provider)
    assert go_through(client).subject == "person-1"
    provider.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    assert go_through(client).subject == "person-1"
    assert provider.requests.count("/jwks") == 2
    assert provider.requests.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("keys", ProviderDownError), ("keys_list", ProviderDownError), ("no_id_token", RefusedError)],
)
def test_what_cannot_be_used(provider: SmallProvider, fault: str, kind: type[Exception]) -> None:
    """Keys that are none and a token without identity: told apart for the log, nobody gets in."""
    provider.fault = fault
    with pytest.raises(kind):
        go_through(make_client(provider))


def test_another_verifier_is_refused(provider: SmallProvider) -> None:
    """PKCE: a code is worth nothing without the verifier of the browser that began."""
    client = make_client(provider)
    start = client.begin()
    code = parse_qs(urlsplit(ask_provider(start.address)).query)["code"][0]
    with pytest.raises(RefusedError):
        client.finish(client.begin(), code, NOW)


def test_nobody_waits_again_for_a_provider_that_is_away(
    provider: SmallProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a vain call the next ones fail at once for some seconds; then it is asked again."""
    client = make_client(provider)
    provider.fault = "issuer_of_discovery"
    for _ in range(3):
        with pytest.raises(ProviderDownError):
            client.begin()
    assert len(provider.requests) == 1
    monkeypatch.setattr(oidc, "_DOWN_SECONDS", 0)
    other = make_client(provider)
    with pytest.raises(ProviderDownError):
        other.begin()
    provider.fault = ""
    assert other.begin().address.startswith(provider.issuer)


def test_a_claim_that_is_no_text_names_nobody(provider: SmallProvider) -> None:
    """A number, a list, an address that was not verified."""
    named = Client(Provider(provider.issuer, CLIENT_ID, CLIENT_SECRET, "ID", "preferred_username"), BACK)
    provider.claims = {"preferred_username": 5}
    assert go_through(named).named == ""
    provider.claims = {"preferred_username": "office1"}
    assert go_through(named).named == "office1"
    provider.claims = {"sub": 5}
    with pytest.raises(RefusedError):
        go_through(named)


def test_the_test_provider_refuses_strangers(provider: SmallProvider) -> None:
    """The provider of these tests checks its client: what passes above passes for a reason."""
    stranger = Client(Provider(provider.issuer, CLIENT_ID, "another-secret", "ID"), BACK)
    with pytest.raises(RefusedError):
        go_through(stranger)
