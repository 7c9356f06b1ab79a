"""ASVS 6.4.1: a password that somebody else gave opens the page where it is changed, for three days, nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.models.record import Audit
from app.pages.session import PUBLIC, TO_CHANGE
from app.services.organisation.password import GIVEN_HOURS
from tests.app.jobs.backup.staging import read_all
from tests.app.pages.conftest import PASSWORD, Visit
from tests.city import NOW, City

Begin = Callable[[str], Visit]
OWN = "made-up-and-my-own-one"


def give(visit: Begin, city: City, login: str = "tra_staff") -> str:
    """Let an administrator give somebody a password; return it."""
    admin = visit("admin")
    admin.get(f"/organisation/people/{city.people[login]}")
    shown = admin.post(f"/organisation/people/{city.people[login]}/password")
    assert f"{GIVEN_HOURS}小时内首次登录有效" in shown.text
    return shown.text.split("只显示这一次）：")[1].split("<")[0]


def enter(app: Flask, text: str, login: str = "tra_staff") -> Visit:
    """Log in with it."""
    visit = Visit(app.test_client())
    answer = visit.log_in(login, password=text, target="/items")
    assert answer.status_code == 303, answer.text
    visit.client.set_cookie("lang", "zh")
    return visit


def change(visit: Visit, old: str, new: str = OWN) -> Any:  # noqa: ANN401  # an answer
    """Send the form of a new password."""
    visit.get("/me/password")
    return visit.post("/me/password", old_password=old, new_password=new, again_password=new)


def test_it_leads_to_the_change_and_nowhere_else(app: Flask, city: City, visit: Begin) -> None:
    """Every page that needs a log-in, by every method; then the whole product, with the person's own password."""
    text = give(visit, city)
    mine = enter(app, text)
    shown = mine.get("/me/password")
    assert (shown.status_code, "请先改成只有您知道的密码" in shown.text) == (200, True)
    assert "side-link" not in shown.text  # no menu, no counts of what waits
    with app.app_context():
        rules = [rule for rule in app.url_map.iter_rules() if "." in rule.endpoint]
    tried = 0
    for rule in rules:
        is_page = rule.endpoint.partition(".")[0] in app.before_request_funcs and not rule.rule.startswith("/api/")
        if not is_page or rule.endpoint in PUBLIC | TO_CHANGE or "GET" not in (rule.methods or ()) or rule.arguments:
            continue
        answer = mine.client.get(rule.rule)
        if answer.status_code == 200 and rule.rule in ("/healthz", "/readyz", "/metrics"):
            continue
        assert (rule.rule, answer.status_code, answer.location) == (rule.rule, 303, "/me/password")
        tried += 1
    assert tried > 40
    mine.get("/me/password")
    assert mine.post("/preferences", theme="dark").status_code in (303, 404)
    assert mine.client.get("/items", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/me/password"
    assert mine.client.get("/items", headers={"X-Lianban": "1"}).status_code == 403
    same = change(mine, text, text)
    assert same.status_code == 422
    assert mine.get("/items").location == "/me/password"
    assert change(mine, text).status_code == 303
    assert mine.get("/items").status_code == 200
    assert "side-link" in mine.get("/me/password").text
    assert enter(app, OWN).get("/items").status_code == 200


def test_no_token_is_had_by_it(app: Flask, city: City, visit: Begin) -> None:
    """The API says what is to be done; with the person's own password it gives a token."""
    text = give(visit, city)
    client = app.test_client()
    body = {"login": "tra_staff", "password": text, "label": "x"}
    refused = client.post("/api/v1/tokens", json=body)
    assert (refused.status_code, (refused.json or {})["code"]) == (401, "password_change_needed")
    change(enter(app, text), text)
    assert client.post("/api/v1/tokens", json={**body, "password": OWN}).status_code == 201


def test_it_lapses(app: Flask, city: City, visit: Begin) -> None:
    """After 72 hours it opens nothing, and only who has it is told why; a new one does. One's own never lapses."""
    text, clock = give(visit, city), app.extensions["lianban"].clock
    clock.set(NOW + timedelta(hours=GIVEN_HOURS) - timedelta(seconds=1))
    inside = enter(app, text)
    clock.set(NOW + timedelta(hours=GIVEN_HOURS))
    late = Visit(app.test_client())
    answer = late.log_in("tra_staff", password=text)
    assert (answer.status_code, f"{GIVEN_HOURS}小时" in answer.text) == (401, True)
    assert "小时" not in Visit(app.test_client()).log_in("tra_staff", password="wrong-wrong-wrong").text
    assert ("refused", {"way": "given_password_lapsed"}) in read_all(city.database, Audit, Audit.outcome, Audit.after)
    refused = app.test_client().post("/api/v1/tokens", json={"login": "tra_staff", "password": text, "label": "x"})
    assert (refused.json or {})["code"] == "given_password_lapsed"
    assert change(inside, text).status_code == 303  # who got in in time may end what they began
    clock.set(NOW + timedelta(days=400))
    assert enter(app, OWN).get("/items").status_code == 200
    assert Visit(app.test_client()).log_in("office1", password=PASSWORD).status_code == 303


@pytest.mark.parametrize("way", ["add", "password", "page", "api"])
def test_every_way_of_giving_one(app: Flask, city: City, visit: Begin, way: str) -> None:
    """By command, page and API; a person without a password has none to change."""
    run = app.test_cli_runner().invoke
    if way == "add":
        done = run(args=["user", "add", "zhao", "--department", "TRA", "--role", "member", "--password-stdin"],
                   input="made-up-and-given\n")  # fmt: skip
        assert done.exit_code == 0, done.output
        login, text = "zhao", "made-up-and-given"
    elif way == "password":
        assert run(args=["user", "password", "tra_staff"], input="made-up-and-given\n").exit_code == 0
        login, text = "tra_staff", "made-up-and-given"
    elif way == "page":
        login, text = "tra_staff", give(visit, city)
    else:
        token = run(args=["user", "token", "admin"]).stdout.strip()
        body = {"login": "zhao", "name": "赵一", "password": "made-up-and-given", "department": "TRA", "role": "member"}
        made = app.test_client().post("/api/v1/users", json=body, headers={"Authorization": f"Bearer {token}",
                                                                           "Idempotency-Key": "k1"})  # fmt: skip
        assert made.status_code == 201, made.text
        login, text = "zhao", "made-up-and-given"
    assert enter(app, text, login).get("/items").location == "/me/password"
