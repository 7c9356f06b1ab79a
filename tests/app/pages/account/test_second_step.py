"""Log-in in two steps, and one's own page of the second factor."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pyotp import TOTP
from sqlalchemy import func, select, update

from app.core.clock import FixedClock
from app.factory import create_app
from app.models.organisation import Person
from app.models.personal import WebSession
from app.models.record import Audit, Outbox
from app.services.account.second_factor import begin_factor, confirm_factor, read_offer, reset_factor
from app.services.act import Act
from app.services.organisation.password import FAILURES_MAX
from app.services.recording import Acting
from config import read_settings
from tests.app.pages.conftest import PASSWORD, Visit, give_passwords
from tests.city import NOW, City
from tests.messaging import deliver_at, inbox

Begin = Callable[[str], Visit]
STEP = timedelta(seconds=30)
KEY = "made-up-" * 5
CODE, SET_UP, OWN = "/login/code", "/login/second-factor", "/me/second-factor"


def set_up(city: City, login: str) -> tuple[TOTP, tuple[str, ...]]:
    """Give somebody a second factor; returns their app and recovery codes."""
    person_id = city.people[login]
    with city.database.writing() as session:
        act = Act(session.connection(), Acting(person_id, "self"), NOW - STEP * 4, NOW.date(), "test")
        begin_factor(act, person_id)
        offer = read_offer(session.connection(), person_id, NOW, "Lianban")
        assert offer is not None
        return TOTP(offer.secret), confirm_factor(act, person_id, TOTP(offer.secret).at(NOW - STEP * 4))


def move(app: Flask, by: timedelta) -> None:
    clock = app.extensions["lianban"].clock
    clock.set(clock.now() + by)


def count_sessions(city: City) -> int:
    with city.database.reading() as session:
        return session.execute(select(func.count()).select_from(WebSession)).scalar_one()


def read_secret(page: str) -> str:
    found = re.search(r'<p class="secret" translate="no">([A-Z2-7 ]+)</p>', page)
    assert found is not None
    return found[1].replace(" ", "")


def test_the_code_ends_the_log_in(app: Flask, city: City, visit: Begin) -> None:
    """Password, then code: no session before it, a new one after it, on to where one wanted to go."""
    secret, _codes = set_up(city, "office1")
    someone = visit("")
    first = someone.log_in("office1", "/projects?light=red")
    assert (first.status_code, first.location) == (303, CODE)
    assert count_sessions(city) == 0
    assert someone.get("/projects").status_code == 303
    page = someone.get(CODE)
    assert page.status_code == 200
    assert "输入验证码" in page.text
    half = someone.client.get_cookie("session")
    done = someone.post(CODE, code=secret.at(NOW))
    assert (done.status_code, done.location) == (303, "/projects?light=red")
    assert someone.get("/projects").status_code == 200
    assert half is not None
    copied = Visit(app.test_client())
    copied.client.set_cookie("session", half.value)
    assert copied.get("/projects").status_code == 303
    copied.get(CODE)
    assert copied.post(CODE, code=secret.at(NOW)).status_code == 401  # the code was used
    with city.database.reading() as session:
        rows = session.execute(select(Audit.outcome, Audit.after).where(Audit.action == "log_in")).all()
    assert [(row.outcome, row.after) for row in rows] == [("done", {"way": "app"}), ("refused", {"way": "code"})]


def test_wrong_codes_pause_the_account(app: Flask, city: City, visit: Begin) -> None:
    """They count together with wrong passwords, a right password in between forgets nothing; then not even it helps."""
    secret, _codes = set_up(city, "office1")
    someone = visit("")
    for number in range(FAILURES_MAX - 1):
        someone.log_in("office1")
        someone.get(CODE)
        assert someone.post(CODE, code=f"00000{number}").status_code == 401
    visit("").log_in("office1", password="wrong-wrong-wrong")
    refused = someone.post(CODE, code=secret.at(NOW))
    assert refused.status_code == 401
    assert "账号暂停登录" in refused.text
    assert visit("").log_in("office1").status_code == 401
    move(app, timedelta(minutes=2))
    someone.log_in("office1")
    someone.get(CODE)
    assert someone.post(CODE, code=secret.at(NOW + timedelta(minutes=2))).status_code == 303


@pytest.mark.parametrize("change", ["time", "epoch", "off", "left"])
def test_half_a_log_in_lapses(app: Flask, city: City, visit: Begin, change: str) -> None:
    """After five minutes, with a new password, without the factor, when the person leaves: begin again."""
    secret, _codes = set_up(city, "office1")
    someone = visit("")
    someone.log_in("office1")
    someone.get(CODE)
    if change == "time":
        move(app, timedelta(minutes=5))
    elif change == "off":
        with city.database.writing() as session:
            act = Act(session.connection(), Acting(city.people["admin"], "admin"), NOW, NOW.date(), "test")
            reset_factor(act, city.people["office1"], "手机丢失")
    else:
        values: dict[str, Any] = {"session_epoch": 2} if change == "epoch" else {"is_active": False}
        with city.database.writing() as session:
            session.execute(update(Person).where(Person.login == "office1").values(**values))
    now = app.extensions["lianban"].clock.now()
    response = someone.post(CODE, code=secret.at(now))
    assert (response.status_code, response.location) == (303, "/login?why=lapsed")
    assert "登录已超时" in someone.get("/login?why=lapsed").text
    assert count_sessions(city) == 0


def test_without_the_first_step_there_is_no_second(visit: Begin) -> None:
    """Neither the code nor the set-up is asked of somebody who has shown no password."""
    someone = visit("")
    someone.get("/login")
    for address in (CODE, SET_UP):
        assert someone.get(address).location == "/login?why=lapsed"
        assert someone.post(address, code="123456").location == "/login?why=lapsed"
    assert someone.post(CODE, code="123456", csrf_token="").status_code == 400


def test_open_redirect(city: City, visit: Begin) -> None:
    """P93: the second step lands inside, whatever `next` said at the first."""
    secret, _codes = set_up(city, "office1")
    someone = visit("")
    someone.log_in("office1", "//example.com")
    someone.get(CODE)
    assert someone.post(CODE, code=secret.at(NOW)).location == "/"


def test_a_recovery_code_is_told_of(city: City, visit: Begin) -> None:
    """It opens once; the person is told, with how many are left."""
    _secret, codes = set_up(city, "office1")
    someone = visit("")
    someone.log_in("office1")
    someone.get(CODE)
    assert someone.post(CODE, code=codes[3]).status_code == 303
    with city.database.reading() as session:
        told = session.execute(select(Outbox.payload).where(Outbox.topic == "account.recovery_used")).scalar_one()
    assert told["left"] == 9


def test_switched_on_and_off_at_ones_own_page(app: Flask, visit: Begin) -> None:
    """QR code and text without inline styles, a first code, ten codes shown once; off by password and code."""
    someone = visit("office1")
    assert "开始设置" in someone.get(OWN).text
    assert someone.post(f"{OWN}/begin").location == OWN
    page = someone.get(OWN).text
    secret = TOTP(read_secret(page))
    assert "<svg" in page
    assert "style=" not in page
    refused = someone.post(f"{OWN}/confirm", code="000000", password=PASSWORD)
    assert refused.status_code == 422
    assert "验证码不正确" in refused.text
    assert read_secret(refused.text) == secret.secret
    refused = someone.post(f"{OWN}/confirm", code=secret.at(NOW), password="wrong-wrong-wrong")
    assert (refused.status_code, "密码不正确" in refused.text) == (422, True)
    shown = someone.post(f"{OWN}/confirm", code=secret.at(NOW), password=PASSWORD)
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "private, no-store"
    codes = re.findall(r"<li>([a-z2-9-]{29})</li>", shown.text)
    assert len(codes) == 10
    page = someone.get(OWN).text
    assert "已启用" in page
    assert secret.secret not in page.replace(" ", "")
    assert codes[0] not in page
    move(app, STEP)
    fresh = someone.post(f"{OWN}/codes", code=secret.at(NOW + STEP), password=PASSWORD)
    assert fresh.status_code == 200
    assert codes[0] not in fresh.text
    both = someone.post(f"{OWN}/off", code=codes[0], password="wrong-wrong-wrong")
    assert both.status_code == 422
    assert someone.post(f"{OWN}/off", code=codes[0], password=PASSWORD).status_code == 422
    move(app, STEP)
    assert someone.post(f"{OWN}/off", code=secret.at(NOW + 2 * STEP), password=PASSWORD).location == OWN
    assert someone.post(f"{OWN}/off", code=secret.at(NOW + 2 * STEP), password=PASSWORD).status_code == 409
    assert visit("office1").get("/projects").status_code == 200


def test_someone_with_a_factor_begins_no_other(city: City, visit: Begin) -> None:
    """An open browser cannot replace the telephone without password and code."""
    someone = visit("office1")
    someone.get(OWN)
    set_up(city, "office1")
    assert someone.post(f"{OWN}/begin").status_code == 409
    assert someone.post(f"{OWN}/confirm", code="000000", password=PASSWORD).status_code == 409


@pytest.fixture
def make(city: City, database_url: str, tmp_path: Path) -> Callable[..., Flask]:
    """Give applications with more settings."""
    give_passwords(city.database)

    def start(**more: str) -> Flask:
        settings = {"LIANBAN_DATABASE_URL": database_url, "LIANBAN_VAR": str(tmp_path), "LIANBAN_SECRET_KEY": KEY}
        return create_app(read_settings({**settings, **more}), FixedClock(NOW))

    return start


def test_where_it_is_required_it_is_set_up_at_log_in(city: City, make: Callable[..., Flask]) -> None:
    """Whom the setting names sets it up before they get in; the rest log in as ever; the API sends to the pages."""
    app = make(LIANBAN_TOTP="required", LIANBAN_TOTP_ROLES="admin,office")
    assert Visit(app.test_client()).log_in("tra_head").location == "/"
    someone = Visit(app.test_client())
    assert someone.log_in("office1", "/tasks").location == SET_UP
    assert someone.get("/tasks").status_code == 303
    page = someone.get(SET_UP).text
    secret = TOTP(read_secret(page))
    assert "style=" not in page
    refused = someone.post(SET_UP, code="000000")
    assert refused.status_code == 422
    assert count_sessions(city) == 1
    api = app.test_client().post("/api/v1/tokens", json={"login": "office1", "password": PASSWORD})
    assert api.json is not None
    assert (api.status_code, api.json["code"]) == (401, "second_factor_set_up_needed")
    shown = someone.post(SET_UP, code=secret.at(NOW))
    assert shown.status_code == 200
    assert len(re.findall(r"<li>[a-z2-9-]{29}</li>", shown.text)) == 10
    assert 'href="/tasks"' in shown.text
    assert someone.get("/tasks").status_code == 200
    assert Visit(app.test_client()).log_in("office1").location == CODE
    everybody = make(LIANBAN_TOTP="required")
    assert Visit(everybody.test_client()).log_in("tra_head").location == SET_UP


def test_where_it_is_off_nobody_is_asked(city: City, make: Callable[..., Flask]) -> None:
    """The setting hides it whole; what was set up stays for when it is switched on again."""
    set_up(city, "office1")
    someone = Visit(make(LIANBAN_TOTP="off").test_client())
    assert someone.log_in("office1").location == "/"
    assert someone.get(OWN).status_code == 409
    assert OWN not in someone.get("/me").text
    assert Visit(make().test_client()).log_in("office1").location == CODE


def test_administrators_look_after_accounts(city: City, visit: Begin) -> None:
    """Pause and factor are shown and ended, with a reason that the person is told; nobody else sees or does it."""
    set_up(city, "tra_staff")
    for _ in range(FAILURES_MAX):
        visit("").log_in("tra_staff", password="wrong-wrong-wrong")
    person = f"/organisation/people/{city.people['tra_staff']}"
    admin, office = visit("admin"), visit("office1")
    assert "登录方式" not in office.get(person).text
    for path in ("unlock", "second-factor/reset", "identities", "identities/1/unlink"):
        assert office.post(f"{person}/{path}", reason="x", subject="x").status_code == 403
    page = admin.get(person).text
    assert "暂停至" in page
    assert "剩余恢复码10个" in page
    assert admin.post(f"{person}/unlock").status_code == 303
    assert visit("").log_in("tra_staff").location == CODE
    assert admin.post(f"{person}/second-factor/reset", reason=" ").status_code == 422
    assert admin.post(f"{person}/second-factor/reset", reason="手机<b>丢失").status_code == 303
    assert admin.post(f"{person}/second-factor/reset", reason="again").status_code == 409
    assert visit("").log_in("tra_staff").location == "/"
    assert "未启用" in admin.get(person).text
    assert admin.post(f"{person}/identities", subject="x").status_code == 422  # there is no provider
    with city.database.reading() as session:
        acts = session.execute(select(Audit.action).where(Audit.actor_id == city.people["admin"])).scalars().all()
    assert {"unlock_person", "second_factor.reset"} <= set(acts)
    deliver_at(city, NOW)
    assert "account.factor_reset" in {row.topic for row in inbox(city, "tra_staff")}
    own = visit("tra_staff").get("/messages").text
    assert "两步验证已被重置，原因：手机&lt;b&gt;丢失" in own
