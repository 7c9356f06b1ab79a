"""Single sign-on against a small real provider: who gets in, and every way in which an answer does not hold."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core.clock import FixedClock
from app.core.sealing import unseal
from app.factory import create_app
from app.models.account import OutsideIdentity
from app.models.organisation import Person
from app.models.record import Audit
from app.services.account.identity import link_identity
from app.services.act import Act
from app.services.organisation.person import keep_email
from app.services.recording import Acting
from config import read_settings
from tests.app.pages.conftest import PASSWORD, Visit, give_passwords
from tests.city import NOW, City
from tests.provider import SmallProvider, serve_provider

GO, BACK = "/login/single-sign-on", "/login/single-sign-on/back"


@pytest.fixture
def provider() -> Iterator[SmallProvider]:
    """Give a provider that runs."""
    with serve_provider(NOW) as found:
        yield found


@pytest.fixture
def make(city: City, database_url: str, tmp_path: Path, provider: SmallProvider) -> Callable[..., Flask]:
    """Give applications that trust the provider, with more settings."""
    give_passwords(city.database)

    def start(**more: str) -> Flask:
        settings = {"LIANBAN_DATABASE_URL": database_url, "LIANBAN_VAR": str(tmp_path), "LIANBAN_SECRET_KEY": "k" * 40}
        return create_app(read_settings({**settings, **provider.env, **more}), FixedClock(NOW))

    return start


def link(city: City, provider: SmallProvider, login: str, subject: str = "person-1") -> None:
    with city.database.writing() as session:
        act = Act(session.connection(), Acting(city.people["admin"], "admin"), NOW, NOW.date(), "test")
        link_identity(act, city.people[login], provider.issuer, subject)


class _Stay(HTTPRedirectHandler):
    """Does not follow."""

    def redirect_request(self, *_given: Any, **_more: Any) -> None:  # noqa: ANN401  # as the library calls it
        return None


def ask_provider(address: str) -> str:
    """Return where the provider sends a browser that comes to `address`: path and query at the product."""
    try:
        build_opener(_Stay).open(address)
    except HTTPError as answer:
        with answer:
            parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"
    raise AssertionError("the provider leads back")


def go_through(someone: Visit, target: str = "") -> Any:  # noqa: ANN401  # a response
    """Go to the provider and come back."""
    begun = someone.client.get(GO, query_string={"next": target} if target else {})
    assert begun.status_code == 303
    return someone.get(ask_provider(begun.headers["Location"]))


def count(city: City, outcome: str) -> int:
    with city.database.reading() as session:
        rows = session.execute(select(Audit.after).where(Audit.action == "log_in", Audit.outcome == outcome)).scalars()
        return sum((row or {}).get("way") == "single_sign_on" for row in rows)


def test_a_linked_person_gets_in(city: City, provider: SmallProvider, make: Callable[..., Flask]) -> None:
    """The button leads to the provider, its answer into a new session, to where one wanted to go; it is on record."""
    link(city, provider, "office1")
    someone = Visit(make().test_client())
    page = someone.get("/login?next=/projects?light=red").text
    assert "用云州统一认证登录" in page
    assert f"{GO}?next=/projects?light%3Dred" in page
    planted = someone.client.get_cookie("session")
    response = go_through(someone, "/projects?light=red")
    assert (response.status_code, response.location) == (303, "/projects?light=red")
    assert planted != someone.client.get_cookie("session")
    assert someone.get("/projects").status_code == 200
    assert count(city, "done") == 1
    with city.database.reading() as session:
        assert session.execute(select(OutsideIdentity.seen_at)).scalar_one() == NOW
    assert provider.requests.count("/.well-known/openid-configuration") == 1
    assert someone.get(GO).location == "/"  # who is in already goes on


def test_a_given_password_is_not_asked_of_who_is_vouched_for(
    city: City, provider: SmallProvider, make: Callable[..., Flask]
) -> None:
    """Who comes by the provider needs no password, so there is none to change; by the password there still is."""
    link(city, provider, "office1")
    app = make()
    given = app.test_cli_runner().invoke(args=["user", "password", "office1"], input="made-up-and-given\n")
    assert given.exit_code == 0
    someone = Visit(app.test_client())
    assert go_through(someone, "/projects").location == "/projects"
    assert someone.get("/projects").status_code == 200
    by_password = Visit(app.test_client())
    by_password.log_in("office1", password="made-up-and-given")
    assert by_password.get("/projects").location == "/me/password"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_begins_no_session(provider: SmallProvider, make: Callable[..., Flask], site: str) -> None:
    """Led there by a foreign page, one stands before the log-in, with the button still to be pressed."""
    someone = Visit(make().test_client())
    answer = someone.get(f"{GO}?next=/projects", headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.location) == (303, "/login?next=/projects")
    assert provider.requests == []
    assert someone.get(GO, headers={"Sec-Fetch-Site": "same-origin"}).location.startswith(provider.issuer)


@pytest.mark.parametrize(
    "fault",
    ["nonce", "audience", "issuer", "expired", "future", "signature", "unsigned", "no_nonce", "no_exp", "no_sub",
     "no_aud"],
)  # fmt: skip
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_token_that_does_not_hold_opens_nothing(
    city: City, provider: SmallProvider, make: Callable[..., Flask], fault: str
) -> None:
    """Nonce, audience, issuer, times, signature: each is looked at; it is on record, a password still works."""
    link(city, provider, "office1")
    someone = Visit(make().test_client())
    provider.fault = fault
    response = go_through(someone)
    assert response.status_code == 401
    assert "统一认证没有通过" in response.text
    assert 'name="password"' in response.text
    assert someone.get("/projects").status_code == 303
    assert count(city, "refused") == 1
    provider.fault = ""
    assert go_through(someone).status_code == 303


def test_an_answer_counts_once_and_for_its_own_browser(
    city: City, provider: SmallProvider, make: Callable[..., Flask]
) -> None:
    """A replayed state, somebody else's, none at all, one of another issuer: nobody gets in, no code is sent."""
    link(city, provider, "office1")
    app = make()
    victim, attacker = Visit(app.test_client()), Visit(app.test_client())
    back = ask_provider(attacker.client.get(GO).headers["Location"])
    assert victim.get(back).status_code == 401  # log-in with somebody else's answer
    assert attacker.get(BACK).status_code == 401
    assert attacker.get(back).status_code == 401  # the answer before has used the state up
    fresh = ask_provider(attacker.client.get(GO).headers["Location"])
    assert attacker.get(f"{fresh}&iss=https://x.example").status_code == 401
    assert "/token" not in provider.requests
    fresh = ask_provider(attacker.client.get(GO).headers["Location"])
    assert attacker.get(f"{fresh}&iss={provider.issuer}").status_code == 303
    attacker.client.get("/me")
    assert attacker.get(fresh).status_code == 401


def test_an_answer_that_comes_late_is_refused(city: City, provider: SmallProvider, make: Callable[..., Flask]) -> None:
    """What was begun lapses after ten minutes."""
    link(city, provider, "office1")
    app = make()
    someone = Visit(app.test_client())
    back = ask_provider(someone.client.get(GO).headers["Location"])
    app.extensions["lianban"].clock.set(NOW.replace(minute=NOW.minute + 11))
    assert someone.get(back).status_code == 401


def test_unknown_and_left_people_are_refused_alike(
    city: City, provider: SmallProvider, make: Callable[..., Flask]
) -> None:
    """Never is an account made; who left is told no more than who was never here, and what to tell administrators."""
    app = make()
    unknown = go_through(Visit(app.test_client()))
    link(city, provider, "office1")
    with city.database.writing() as session:
        people = len(session.execute(select(Person.id)).all())
        session.execute(update(Person).where(Person.login == "office1").values(is_active=False))
    left = go_through(Visit(app.test_client()))
    for response in (unknown, left):
        assert response.status_code == 401
        assert "没有关联本系统的有效账号" in response.text
        assert "person-1" in response.text
    with city.database.reading() as session:
        assert len(session.execute(select(Person.id)).all()) == people
    assert count(city, "refused") == 2


def test_hostile_text_of_a_provider_is_text(city: City, provider: SmallProvider, make: Callable[..., Flask]) -> None:
    """What the provider calls somebody is shown, never run."""
    provider.subject = "<script>x</script>"
    response = go_through(Visit(make().test_client()))
    assert city.people
    assert "<script>x" not in response.text
    assert "&lt;script&gt;x" in response.text


@pytest.mark.parametrize("target", ["https://example.com", "//example.com", "/\\example.com", "javascript:1"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_open_redirect(city: City, provider: SmallProvider, make: Callable[..., Flask], target: str) -> None:
    """P93: single sign-on lands inside, whatever `next` says."""
    link(city, provider, "office1")
    assert go_through(Visit(make().test_client()), target).location == "/"


@pytest.mark.parametrize("fault", ["away", "issuer_of_discovery", "token_down", "denied"])
def test_a_provider_that_is_down_leaves_the_password(
    city: City, provider: SmallProvider, make: Callable[..., Flask], fault: str
) -> None:
    """Away, saying it is somebody else, failing at the token, refusing: a clear page, and the password still works."""
    link(city, provider, "office1")
    app = make(**({"LIANBAN_OIDC_ISSUER": "http://127.0.0.1:9"} if fault == "away" else {}))
    someone = Visit(app.test_client())
    provider.fault = fault
    response = someone.get(GO) if fault in ("away", "issuer_of_discovery") else go_through(someone)
    assert response.status_code == (401 if fault == "denied" else 503)
    assert ("统一认证没有通过" if fault == "denied" else "暂时无法连接") in response.text
    assert someone.post("/login", name="office1", password=PASSWORD).status_code == 303


def test_a_claim_may_name_the_log_in(city: City, provider: SmallProvider, make: Callable[..., Flask]) -> None:
    """By setting the log-in name; it links the provider's own name, which alone counts from then on."""
    app = make(LIANBAN_OIDC_CLAIM="preferred_username")
    provider.claims = {"preferred_username": "Office1"}
    assert go_through(Visit(app.test_client())).status_code == 303
    provider.subject = "person-2"  # the provider has given the name to somebody else
    assert go_through(Visit(app.test_client())).status_code == 401
    provider.subject, provider.claims = "person-1", {"preferred_username": "office2"}  # renamed over there
    someone = Visit(app.test_client())
    go_through(someone)
    with city.database.reading() as session:
        row = session.execute(select(OutsideIdentity.person_id, OutsideIdentity.issuer, OutsideIdentity.subject)).one()
    assert row.person_id == city.people["office1"]
    assert unseal(row.subject, OutsideIdentity.subject, row.person_id, row.issuer) == "person-1"


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"email": "One@example.gov", "email_verified": True}, 303),
        ({"email": "one@example.gov", "email_verified": False}, 401),
        ({"email": "one@example.gov"}, 401),
        ({"email": "two@example.gov", "email_verified": True}, 401),  # two people have it
        ({"email": ["one@example.gov"], "email_verified": True}, 401),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_address_counts_when_it_is_verified(
    city: City, provider: SmallProvider, make: Callable[..., Flask], claims: dict[str, Any], status: int
) -> None:
    """Only what the provider vouches for, and only one person's."""
    with city.database.writing() as session:
        for login, email in (("office1", "one@example.gov"), ("office2", "two@example.gov"),
                             ("tra_head", "two@example.gov")):  # fmt: skip
            keep_email(session.connection(), city.people[login], email)
    provider.claims = claims
    assert go_through(Visit(make(LIANBAN_OIDC_CLAIM="email").test_client())).status_code == status


def test_passwords_may_be_for_administrators_only(
    city: City, provider: SmallProvider, make: Callable[..., Flask]
) -> None:
    """By setting; a right and a wrong password of anybody else read the same, over the API too."""
    app = make(LIANBAN_PASSWORD_LOG_IN="admins")
    someone = Visit(app.test_client())
    assert "系统管理员可用密码登录" in someone.get("/login").text
    right, wrong = someone.log_in("office1"), someone.log_in("office1", password="wrong-wrong-wrong")
    assert right.status_code == wrong.status_code == 401
    assert "此账号只能单点登录" in right.text
    assert "此账号只能单点登录" in wrong.text
    api = app.test_client().post("/api/v1/tokens", json={"login": "office1", "password": PASSWORD})
    assert api.status_code == 401
    assert Visit(app.test_client()).log_in("admin").status_code == 303
    link(city, provider, "office1")
    assert go_through(someone).status_code == 303


def test_without_settings_there_is_no_single_sign_on(visit: Callable[[str], Visit]) -> None:
    """No button, no address."""
    someone = visit("")
    assert GO not in someone.get("/login").text
    assert someone.get(GO).status_code == 404
    assert someone.get(BACK).status_code == 404
