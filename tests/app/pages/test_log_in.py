"""Log-in, log-out and where they lead (cases P91, P92, P93)."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from app.models.organisation import Person
from app.pages.address import keep_inside
from tests.app.pages.conftest import Visit
from tests.city import City

Begin = Callable[[str], Visit]


def test_pages_ask_to_log_in(visit: Begin) -> None:
    """Nobody reads a page without log-in; afterwards they come to where they wanted to go."""
    anonymous = visit("")
    response = anonymous.get("/projects?light=red")
    assert response.status_code == 303
    assert response.location == "/login?next=/projects?light%3Dred"
    response = anonymous.log_in("office1", "/projects?light=red")
    assert (response.status_code, response.location) == (303, "/projects?light=red")


@pytest.mark.parametrize(("login", "password"), [("office1", "wrong-wrong-wrong"), ("nobody", "x"), ("", "")])
def test_wrong_log_in(visit: Begin, login: str, password: str) -> None:
    """A wrong name and a wrong password read the same; what was typed as name stays."""
    response = visit("").log_in(login, password=password)
    assert response.status_code == 401
    assert "登录名或密码不正确" in response.text
    assert f'value="{login}"' in response.text
    assert password not in response.text or not password.strip("x")


def test_new_session_at_log_in(app: Flask, visit: Begin) -> None:
    """P91: the session given before log-in stays anonymous; log-in begins another one."""
    victim = visit("")
    victim.get("/login")
    planted = victim.client.get_cookie("session")
    assert planted is not None
    victim.log_in("office1")
    own = victim.client.get_cookie("session")
    assert own is not None
    assert own.value != planted.value
    attacker = Visit(app.test_client())
    attacker.client.set_cookie("session", planted.value)
    assert attacker.get("/projects").status_code == 303
    assert victim.get("/projects").status_code == 200


def test_token_of_before_is_void(visit: Begin) -> None:
    """P91: the token against forgery is another one after log-in."""
    someone = visit("")
    someone.get("/login")
    before = someone.token
    someone.log_in("office1")
    assert someone.post("/logout", csrf_token=before).status_code == 400


def test_raised_epoch_ends_sessions(city: City, visit: Begin) -> None:
    """P91: a new password raises the epoch, and every open session of the person ends."""
    first, second = visit("office1"), visit("office1")
    assert first.get("/projects").status_code == second.get("/projects").status_code == 200
    with city.database.writing() as session:
        session.execute(update(Person).where(Person.login == "office1").values(session_epoch=2))
    assert first.get("/projects").status_code == second.get("/projects").status_code == 303


def test_left_person_is_out(city: City, visit: Begin) -> None:
    """Whoever is no longer active reads nothing more."""
    someone = visit("office1")
    with city.database.writing() as session:
        session.execute(update(Person).where(Person.login == "office1").values(is_active=False))
    assert someone.get("/projects").status_code == 303


def test_log_out_needs_post_and_token(visit: Begin) -> None:
    """P92: neither an image nor a form from elsewhere logs anybody out."""
    someone = visit("office1")
    assert someone.get("/logout").status_code == 405
    someone.get("/me")
    assert someone.post("/logout", csrf_token="").status_code == 400
    assert someone.get("/me").status_code == 200
    assert someone.post("/logout").location == "/login"
    assert someone.get("/me").status_code == 303


OUTSIDE = (
    "https://example.com", "//example.com", "////example.com", "/\\example.com", "/\\\\example.com", "javascript:1",
    "http:example.com", "\\/example.com", " //example.com", "/\t/example.com", "/\n/example.com", "\x01/x", "",
    "projects", "/" + "x" * 3000,
)  # fmt: skip


@pytest.mark.parametrize("target", OUTSIDE)
def test_outside_targets_are_dropped(target: str) -> None:
    """P93: nothing leads out of the product."""
    assert keep_inside(target) == "/"


@pytest.mark.parametrize("target", ["/", "/projects?light=red&q=数据", "/items/5#records", "/tasks?next=//x"])
def test_inner_targets_work(target: str) -> None:
    """P93: good inner paths with their query still work."""
    assert keep_inside(target) == target


@pytest.mark.parametrize("target", OUTSIDE[:6])
def test_open_redirect(visit: Begin, target: str) -> None:
    """P93: log-in and language switch land inside."""
    someone = visit("")
    assert someone.log_in("office1", target).location == "/"
    someone.get("/me")
    assert someone.post("/preference", locale="en", next=target).location == "/"
    assert someone.get(f"/login?next={target.strip()}").location == "/"


def test_preference_is_kept(app: Flask, visit: Begin) -> None:
    """Language and ground stay with the person, in another browser too."""
    someone = visit("office1")
    someone.get("/me")
    someone.post("/preference", locale="en", next="/me")
    someone.post("/preference", theme="dark", next="/me")
    other = Visit(app.test_client())
    other.log_in("office1")
    page = other.get("/me").text
    assert '<html lang="en" data-bs-theme="dark">' in page
    assert "Log out" in page


def test_anonymous_language(visit: Begin) -> None:
    """Before log-in the browser keeps the language."""
    someone = visit("")
    assert "登录" in someone.get("/login").text
    someone.post("/preference", locale="en", next="/login")
    assert "Log in" in someone.get("/login").text
