"""One's own sessions and password (P91), log-ins that are braked, headers of pages."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.clock import FixedClock
from app.factory import create_app
from app.models.personal import WebSession
from app.models.record import Audit
from app.pages.personal.account import name_agent
from app.services.act import Act
from app.services.organisation import password as passwords
from app.services.organisation.token import find_token, issue_token
from app.services.recording import Acting
from config import read_settings
from tests.app.pages.conftest import PASSWORD, Visit
from tests.city import NOW, City

Begin = Callable[[str], Visit]
NEW = "another-one-for-tests"


def _set_clock(app: Flask, moment: timedelta) -> None:
    clock = app.extensions["lianban"].clock
    assert isinstance(clock, FixedClock)
    clock.set(NOW + moment)


def test_a_copied_cookie_is_dead_after_log_out(app: Flask, visit: Begin) -> None:
    """Log-out ends the row, so that a copy of the cookie opens nothing."""
    someone = visit("office1")
    cookie = someone.client.get_cookie("session")
    assert cookie is not None
    copy = Visit(app.test_client())
    copy.client.set_cookie("session", cookie.value)
    assert copy.get("/me").status_code == 200
    someone.get("/me")
    assert someone.post("/logout").status_code == 303
    assert copy.get("/me").status_code == 303


def test_each_log_in_makes_another_session(app: Flask, city: City, visit: Begin) -> None:
    """P91: logging in twice in one browser ends the first session; its cookie stays dead."""
    someone = visit("office1")
    first = someone.client.get_cookie("session")
    assert first is not None
    someone.get("/me")
    someone.post("/login", name="office1", password=PASSWORD)
    copy = Visit(app.test_client())
    copy.client.set_cookie("session", first.value)
    assert copy.get("/me").status_code == 303
    assert someone.get("/me").status_code == 200
    with city.database.reading() as session:
        ended = session.execute(select(func.count()).where(WebSession.ended_at.is_not(None))).scalar_one()
    assert ended == 1


@pytest.mark.parametrize(("minutes", "status"), [((60, 179), 200), ((60, 180), 303), ((119,) * 1, 200), ((120,), 303)])
def test_sessions_lapse_without_use(app: Flask, visit: Begin, minutes: tuple[int, ...], status: int) -> None:
    """Two hours without a request end a session; a request begins them anew."""
    someone = visit("office1")
    for minute in minutes:
        _set_clock(app, timedelta(minutes=minute))
        last = someone.get("/me").status_code
    assert last == status


def test_sessions_end_after_a_day_of_work(app: Flask, visit: Begin) -> None:
    """Whatever is done, twelve hours after log-in the session is over; looks of an open form are no use."""
    someone = visit("office1")
    for hour in range(1, 12):
        _set_clock(app, timedelta(hours=hour))
        assert someone.get("/me").status_code == 200
    _set_clock(app, timedelta(hours=12))
    assert someone.get("/me").status_code == 303


def test_quiet_looks_keep_nothing_alive(app: Flask, city: City, visit: Begin) -> None:
    """A form that lies open for hours looks around every half minute; its session lapses all the same."""
    someone, who = visit("office1"), city.people["office1"]
    _set_clock(app, timedelta(minutes=90))
    assert someone.get(f"/me/drafts/task.new/watch?who={who}").text.strip() == ""
    _set_clock(app, timedelta(minutes=120))
    assert "登录已失效" in someone.get(f"/me/drafts/task.new/watch?who={who}").text


def test_sessions_are_listed_and_ended_elsewhere(city: City, visit: Begin) -> None:
    """The page names this browser and the others; one button ends the others, not those of other people."""
    first, second, other = visit("office1"), visit("office1"), visit("office2")
    page = first.get("/me/sessions").text
    assert page.count("网络地址127.0.0.*") == 2
    assert page.count("本机") == 1
    assert "退出其他设备" in page
    assert first.post("/me/sessions/end").status_code == 303
    assert first.get("/me/sessions").text.count("网络地址127.0.0.*") == 1
    assert "退出其他设备" not in first.last
    assert second.get("/me").status_code == 303
    assert other.get("/me").status_code == 200
    with city.database.reading() as session:
        audited = session.execute(select(Audit.after).where(Audit.action == "end_sessions")).scalars().all()
    assert audited == [{"count": 1}]


def test_a_password_change_ends_the_other_sessions(app: Flask, visit: Begin) -> None:
    """P91: the old one is asked; this browser goes on with another key, all others are out, the old one is void."""
    first, second = visit("office1"), visit("office1")
    before = first.client.get_cookie("session")
    assert before is not None
    first.get("/me/password")
    done = first.post("/me/password", old_password=PASSWORD, new_password=NEW, again_password=NEW)
    assert (done.status_code, done.location) == (303, "/me")
    assert first.get("/me").status_code == 200
    assert second.get("/me").status_code == 303
    copy = Visit(app.test_client())
    copy.client.set_cookie("session", before.value)
    assert copy.get("/me").status_code == 303
    assert Visit(app.test_client()).log_in("office1").status_code == 401
    assert Visit(app.test_client()).log_in("office1", password=NEW).status_code == 303


@pytest.mark.parametrize(("ticks", "ended"), [(["0", "1"], True), (["0"], False)])
def test_the_tick_decides_about_tokens_and_feeds(city: City, visit: Begin, ticks: list[str], *, ended: bool) -> None:
    """P91: the form's tick, set at first, ends tokens and calendar feeds with the password; without it they stay."""
    someone, person_id = visit("office1"), city.people["office1"]
    with city.database.writing() as session:
        act = Act(session.connection(), Acting(person_id, "self"), NOW, NOW.date(), "test")
        token = issue_token(act, person_id, "test").text
    page = someone.get("/me/password").text
    assert 'name="ends_tokens" value="1" checked' in page
    form = {"csrf_token": someone.token, "old_password": PASSWORD, "new_password": NEW, "again_password": "other"}
    refused = someone.client.post("/me/password", data={**form, "ends_tokens": ticks}).text
    assert ('name="ends_tokens" value="1" checked' in refused) is ended
    done = someone.client.post("/me/password", data={**form, "again_password": NEW, "ends_tokens": ticks})
    assert done.status_code == 303
    with city.database.reading() as session:
        assert (find_token(session.connection(), token, NOW, NOW.date()) is None) is ended
    assert ("令牌和日历订阅均已停用" in someone.get("/me").text) is ended


def test_wrong_password_changes_tell_every_fault(visit: Begin) -> None:
    """Wrong old one, too short, not the same twice: all at once, beside their fields, and nothing typed comes back."""
    someone = visit("office1")
    someone.get("/me/password")
    refused = someone.post("/me/password", old_password="wrong-one-here", new_password="short", again_password="other")
    assert refused.status_code == 422
    for field in ("old_password", "new_password", "again_password"):
        assert f'href="#f-{field}"' in refused.text
        assert f'id="f-{field}-fault"' in refused.text
    assert "wrong-one-here" not in refused.text
    same = someone.post("/me/password", old_password=PASSWORD, new_password=PASSWORD, again_password=PASSWORD)
    assert "新密码不能与原密码相同" in same.text
    assert someone.get("/me").status_code == 200


def test_administrators_give_temporary_passwords(app: Flask, city: City, visit: Begin) -> None:
    """It is shown once and opens the account; the person's sessions end; nobody else may."""
    staff, admin = visit("tra_staff"), visit("admin")
    address = f"/organisation/people/{city.people['tra_staff']}/password"
    admin.get(f"/organisation/people/{city.people['tra_staff']}")
    shown = admin.post(address)
    assert shown.status_code == 200
    text = shown.text.split("只显示这一次）：")[1].split("<")[0]
    assert staff.get("/me").status_code == 303
    assert Visit(app.test_client()).log_in("tra_staff", password=text).status_code == 303
    office = visit("office1")
    office.get("/me")
    assert office.post(address).status_code == 403
    admin.get("/me")
    assert admin.post("/organisation/people/999999/password").status_code == 404


def test_slow_guessing_over_many_accounts_is_braked(app: Flask) -> None:
    """One address that fails too often must wait, whichever accounts it tries; others and this machine go on."""

    def attempt(address: str, password: str) -> int:
        visit = Visit(app.test_client())
        visit.get("/login")
        data = {"name": "office1", "password": password, "csrf_token": visit.token}
        return visit.client.post("/login", data=data, environ_overrides={"REMOTE_ADDR": address}).status_code

    matches = passwords.matches
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "matches", lambda *_: False)
        patch.setattr(passwords, "write_failure", lambda *_, **__: None)
        seen = [attempt("203.0.113.9", "x") for _ in range(31)]
        assert seen == [401] * 30 + [429]
        assert [attempt("127.0.0.1", "x") for _ in range(31)] == [401] * 31
        seen = [attempt(f"2001:db8::{number}", "x") for number in range(1, 32)]
        assert seen[-1] == 429
        patch.setattr(passwords, "matches", matches)
        assert attempt("203.0.113.9", PASSWORD) == 429
        assert attempt("203.0.113.10", PASSWORD) == 303
    _set_clock(app, timedelta(minutes=10))
    assert attempt("203.0.113.9", PASSWORD) == 303


@pytest.mark.parametrize("https", ["0", "1"])
def test_headers_of_pages(tmp_path: Path, city: City, database_url: str, https: str) -> None:
    """Pages stay out of caches and frames, ask for nothing of the machine; HSTS where HTTPS is."""
    given = {
        "LIANBAN_SECRET_KEY": "k" * 40,
        "LIANBAN_DATABASE_URL": database_url,
        "LIANBAN_VAR": str(tmp_path),
        "LIANBAN_HTTPS": https,
    }
    app = create_app(read_settings(given), FixedClock(NOW))
    answer = app.test_client().get("/login")
    assert city.people
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ("Strict-Transport-Security" in answer.headers) == (https == "1")
    nowhere = app.test_client().get("/nowhere")
    assert nowhere.status_code == 404
    assert nowhere.headers["Content-Security-Policy"] == answer.headers["Content-Security-Policy"]
    assert nowhere.headers["Cache-Control"] == "private, no-store"
    cookie = answer.headers["Set-Cookie"]
    assert ("Secure" in cookie) == (https == "1")
    assert cookie.startswith("__Host-session=") == (https == "1")
    assert "Domain=" not in cookie
    assert "Path=/;" in f"{cookie};"
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Windows上的Edge"),
        ("Mozilla/5.0 (X11; Linux x86_64) Gecko Firefox/120", "Linux上的Firefox"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537", "Android上的Chrome"),
        ("<b>x</b>", "<b>x</b>"),
        ("", "—"),
    ],
)
def test_browsers_have_names(app: Flask, agent: str, name: str) -> None:
    """A browser is named as people know it; anything else by what it calls itself."""
    with app.test_request_context("/?lang=zh"):
        assert name_agent(agent) == name
