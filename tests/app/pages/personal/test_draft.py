"""Drafts on the pages: saved by script, offered, restored, deleted by sending; late forms; what happened meanwhile."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.core.clock import FixedClock
from app.edge.context import Context
from app.queries.personal.draft import DraftRow, find_draft
from tests.app.pages.conftest import Visit
from tests.city import NOW, City

Begin = Callable[[str], Visit]
HOSTILE = "<script>alert(1)</script>"


def _save(visit: Visit, form: str, data: Any, who: int, version: int | None = None) -> TestResponse:  # noqa: ANN401  # JSON
    body = json.dumps({"who": who, "version": version, "data": data})
    headers = {"X-CSRFToken": visit.token, "X-Lianban": "draft"}
    return visit.client.post(f"/me/drafts/{form}", data=body, content_type="application/json", headers=headers)


def _find(city: City, form: str, login: str = "office1") -> DraftRow | None:
    with city.database.reading() as session:
        return find_draft(session.connection(), city.people[login], form)


def _pass(app: Flask, **time: int) -> None:
    context: Context = app.extensions["lianban"]
    assert isinstance(context.clock, FixedClock)
    context.clock.set(NOW + timedelta(**time))


def test_a_draft_is_saved_offered_restored_and_sent(city: City, visit: Begin) -> None:
    """What was typed comes back on request, escaped; sending the form deletes it; without a draft none is offered."""
    task, someone = city.task(), visit("office1")
    address, form = f"/items/{task}/actions/cancel", f"item.{task}.cancel"
    assert "data-draft=" in someone.get(address).text
    assert "恢复草稿" not in someone.last
    saved = _save(someone, form, {"f.reason": HOSTILE, "csrf_token": "x"}, city.people["office1"], 1)
    assert (saved.status_code, saved.text) == (200, "草稿已于10:00保存")
    offered = someone.get(address).text
    assert "恢复草稿" in offered
    assert "此后内容没有变化" in offered
    assert "alert(1)" not in offered
    restored = someone.get(f"{address}?draft=restore").text
    assert "&lt;script&gt;alert(1)" in restored
    assert HOSTILE not in restored
    listed = someone.get("/me/drafts").text
    assert "主城区信号机数据对接" in listed
    someone.get(address)
    assert someone.post(address, f__reason="不再需要", version="1", key=someone.key).status_code == 303
    assert _find(city, form) is None
    assert city.state(task) == "cancelled"


def test_a_refused_form_keeps_its_draft(city: City, visit: Begin) -> None:
    """A form with a fault is not sent: the draft stays, and the page offers nothing older than what it shows."""
    task, someone = city.task(), visit("office1")
    address, form = f"/items/{task}/actions/cancel", f"item.{task}.cancel"
    someone.get(address)
    _save(someone, form, {"f.reason": "x"}, city.people["office1"], 1)
    refused = someone.post(address, version="1", key=someone.key)
    assert refused.status_code == 422
    assert "恢复草稿" not in refused.text
    assert _find(city, form) is not None


def test_an_older_draft_shows_what_changed(city: City, visit: Begin) -> None:
    """A draft on an old version comes with the steps since then, and both values stand side by side."""
    task, someone = city.task(), visit("tra_staff")
    city.do("office1", task, "assign")
    city.do("tra_staff", task, "receive")
    city.do("tra_head", task, "start")
    version = city.version(task)
    someone.get(f"/items/{task}/actions/report")
    data = {"f.text": "已完成联调", "f.progress_pct": "40"}
    assert _save(someone, f"item.{task}.report", data, city.people["tra_staff"], version).status_code == 200
    city.do("tra_staff", task, "report", {"text": "先报一次", "progress_pct": "30"})
    restored = someone.get(f"/items/{task}/actions/report?draft=restore").text
    assert f"草稿依据第{version}版，现在是第{version + 1}版" in restored
    assert f"您看到的是第{version}版，现在是第{version + 1}版" in restored
    assert "已完成联调" in restored
    assert 'data-label="您填写的">40%' in restored
    assert 'data-label="现在的">30%' in restored
    assert f'name="version" value="{version + 1}"' in restored


def test_a_draft_of_a_closed_step_is_not_lost(city: City, visit: Begin) -> None:
    """The step is no longer open: what was typed is shown all the same."""
    task, someone = city.task(), visit("office1")
    someone.get(f"/items/{task}/actions/cancel")
    _save(someone, f"item.{task}.cancel", {"f.reason": "重复立项"}, city.people["office1"], 1)
    city.do("office2", task, "cancel", {"reason": "另有安排"})
    shown = someone.get(f"/items/{task}/actions/cancel?draft=restore").text
    assert "重复立项" in shown
    assert "您填写的内容" in shown


FORMS = (
    ("/tasks/new", "task.new", {"r0.title": "新任务草稿"}, "新任务草稿"),
    ("/tasks/batch", "task.batch", {"r2.title": "第二行草稿", "draft": "1"}, "第二行草稿"),
    ("/documents/new", "document.new", {"title": "来文草稿", "dated_on": "x"}, "来文草稿"),
)


@pytest.mark.parametrize(("address", "form", "data", "text"), FORMS)
def test_other_forms_restore_theirs(
    city: City, visit: Begin, address: str, form: str, data: dict[str, str], text: str
) -> None:
    """New task, batch and document: offered, restored with a fresh key, discarded."""
    someone = visit("office1")
    someone.get(address)
    assert _save(someone, form, data, city.people["office1"]).status_code == 200
    assert text not in someone.get(address).text
    restored = someone.get(f"{address}?draft=restore").text
    assert text in restored
    assert someone.key
    gone = someone.post(f"/me/drafts/{form}/discard", next=address)
    assert (gone.status_code, gone.location) == (303, address)
    assert _find(city, form) is None
    assert text not in someone.get(f"{address}?draft=restore").text


def test_department_forms_restore_theirs(city: City, visit: Begin) -> None:
    """Both forms of a department have drafts of their own; a rename that is sent deletes its own."""
    someone, department_id = visit("admin"), city.departments["TRA"]
    address = f"/organisation/departments/{department_id}"
    someone.get(address)
    for part, data in (("rename", {"name": "市交通委"}), ("post", {"title": "调研岗"})):
        assert _save(someone, f"department.{department_id}.{part}", data, city.people["admin"]).status_code == 200
    restored = someone.get(f"{address}?draft=restore").text
    assert 'value="市交通委"' in restored
    assert 'value="调研岗"' in restored
    version = restored.split('name="version" value="')[1].split('"')[0]
    assert someone.post(f"{address}/rename", name="市交通委", version=version, key="k1").status_code == 303
    assert _find(city, f"department.{department_id}.rename", "admin") is None
    assert _find(city, f"department.{department_id}.post", "admin") is not None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("[]", 400),
        ("{", 400),
        ('{"who": 1}', 400),
        ('{"who": "x", "data": {}}', 409),
        ('{"who": WHO, "data": {"a": 1}}', 422),
    ],
)
def test_bad_saves_are_refused(city: City, visit: Begin, body: str, status: int) -> None:
    """What is no draft, or typed by somebody else, is not kept."""
    someone = visit("office1")
    someone.get("/tasks/new")
    given = body.replace("WHO", str(city.people["office1"]))
    headers = {"X-CSRFToken": someone.token, "X-Lianban": "draft"}
    answer = someone.client.post("/me/drafts/task.new", data=given, content_type="application/json", headers=headers)
    assert answer.status_code == status
    assert _find(city, "task.new") is None


def test_a_lapsed_session_is_told_and_goes_on(app: Flask, city: City, visit: Begin) -> None:
    """Idle too long: saving answers 401, the look tells it; a new log-in of the same person hands out a token."""
    someone, who = visit("office1"), city.people["office1"]
    someone.get("/tasks/new")
    _pass(app, minutes=120)
    assert _save(someone, "task.new", {"a": "b"}, who).status_code == 401
    assert someone.client.get("/me/csrf", headers={"X-Lianban": "draft"}).status_code == 401
    look = someone.client.get(f"/me/drafts/task.new/watch?who={who}")
    assert look.status_code == 200
    assert "登录已失效" in look.text
    assert "next=/me/back" in look.text
    assert someone.log_in("office1", "/me/back").location == "/me/back"
    fresh = someone.client.get("/me/csrf").json
    assert fresh is not None
    assert fresh["who"] == who
    assert someone.client.get(f"/me/drafts/task.new/watch?who={who}").text.strip() == ""
    body = json.dumps({"who": who, "data": {"a": "b"}})
    headers = {"X-CSRFToken": fresh["token"], "X-Lianban": "draft"}
    saved = someone.client.post("/me/drafts/task.new", data=body, content_type="application/json", headers=headers)
    assert saved.status_code == 200


def test_a_form_sent_after_the_session_lapsed_becomes_a_draft(app: Flask, city: City, visit: Begin) -> None:
    """The late form changes nothing; its text waits as a draft behind the log-in, for its own person only."""
    task, someone = city.task(), visit("office1")
    address, form = f"/items/{task}/actions/cancel", f"item.{task}.cancel"
    someone.get(address)
    _pass(app, minutes=121)
    sent = someone.post(address, f__reason="不再需要", version="1", key=someone.key, _form=form)
    assert sent.status_code == 303
    assert sent.location == f"/login?next={address}?draft%3Drestore&why=kept"
    assert city.state(task) == "draft"
    kept = _find(city, form)
    assert kept is not None
    assert (kept.data, kept.version) == ({"f.reason": "不再需要"}, 1)
    assert "已存为草稿" in someone.get(sent.location).text
    assert _find(city, form, "office2") is None
    target = f"{address}?draft=restore"
    assert someone.log_in("office1", target).location == target
    assert "不再需要" in someone.get(target).text


@pytest.mark.parametrize("way", ["logged out", "wrong token", "ended elsewhere", "a day later", "unknown form"])
def test_other_late_forms_leave_nothing(app: Flask, city: City, visit: Begin, way: str) -> None:
    """Only a session that lapsed by itself, with its own token, within a day, may leave a draft."""
    task, someone = city.task(), visit("office1")
    address, form = f"/items/{task}/actions/cancel", f"item.{task}.cancel"
    someone.get(address)
    token, sent = someone.token, {"f__reason": "x", "version": "1", "key": someone.key, "_form": form}
    if way == "logged out":
        someone.post("/logout")
    elif way == "wrong token":
        token = "wrong"
        _pass(app, minutes=121)
    elif way == "ended elsewhere":
        other = visit("office1")
        other.get("/me/sessions")
        other.post("/me/sessions/end")
    elif way == "a day later":
        _pass(app, days=1)
    else:
        sent["_form"] = "nothing.at.all"
        _pass(app, minutes=121)
    answer = someone.post(address, csrf_token=token, **sent)
    assert answer.status_code == 303
    assert answer.location.startswith("/login?")
    assert _find(city, form) is None
    assert city.state(task) == "draft"


def test_a_form_from_before_another_log_in_comes_back_filled(city: City, visit: Begin) -> None:
    """The same person logged in again in another tab: nothing is done, the form comes back with the text, and goes."""
    task, someone, who = city.task(), visit("office1"), str(city.people["office1"])
    address, form = f"/items/{task}/actions/cancel", f"item.{task}.cancel"
    someone.get(address)
    token, key = someone.token, someone.key
    someone.log_in("office1")
    sent = someone.post(
        address, csrf_token=token, f__reason="不再需要", version="1", key=key, _form=form, _who=who
    )  # fmt: skip
    assert (sent.status_code, sent.location) == (303, f"{address}?draft=restore")
    assert city.state(task) == "draft"
    page = someone.get(sent.location).text
    assert "您填写的内容已恢复" in page
    assert "不再需要</textarea>" in page
    done = someone.post(address, f__reason="不再需要", version="1", key=someone.key, _form=form, _who=who)
    assert done.status_code == 303
    assert city.state(task) == "cancelled"


@pytest.mark.parametrize("is_fresh", [True, False])
def test_a_form_of_somebody_else_is_not_sent(city: City, visit: Begin, *, is_fresh: bool) -> None:
    """Whoever logged in after the form was opened does not sign for its text, nor gets it; the draft is named."""
    task, someone, who = city.task(), visit("office1"), str(city.people["office1"])
    address, form = f"/items/{task}/actions/cancel", f"item.{task}.cancel"
    someone.get(address)
    token, key = someone.token, someone.key
    someone.log_in("office2")
    someone.get(address)
    token = someone.token if is_fresh else token
    sent = someone.post(
        address, csrf_token=token, f__reason="不再需要", version="1", key=key, _form=form, _who=who
    )  # fmt: skip
    assert sent.status_code == 409
    assert "“我的—草稿”" in sent.text
    assert city.state(task) == "draft"
    assert _find(city, form) is None
    assert _find(city, form, "office2") is None


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://example.com"}, {"Sec-Fetch-Site": "cross-site"}, {"X-Lianban": "draft"}, {}]
)
def test_no_other_site_fills_a_form(city: City, visit: Begin, headers: dict[str, str]) -> None:
    """A text without a valid token is kept only if one of our pages sent it, and if it names for whom."""
    task, someone = city.task(), visit("office1")
    address, form = f"/items/{task}/actions/cancel", f"item.{task}.cancel"
    data = {"f.reason": "x", "_form": form} | ({"_who": str(city.people["office1"])} if headers else {})
    before = {"Referer": f"http://localhost{address}"}
    refused = someone.client.post(address, data=data, headers={**before, **headers})
    assert refused.status_code == 400
    assert f'href="{address}"' in refused.text
    assert _find(city, form) is None


def test_an_open_form_is_told_what_happened(city: City, visit: Begin) -> None:
    """Who changed the item and when; nothing when nobody did; no more when it cannot be read; another person."""
    task, someone, who = city.task(), visit("office1"), city.people["office1"]
    address = f"/me/drafts/item.{task}.cancel/watch"
    assert someone.get(f"{address}?version=1&who={who}").text.strip() == ""
    city.do("office2", task, "assign")
    told = someone.get(f"{address}?version=1&who={who}").text
    assert "测试office2于3月2日 10:00修改" in told
    assert f'href="/items/{task}"' in told
    assert someone.get(f"{address}?version=2&who={who}").text.strip() == ""
    assert "现在登录的是" in someone.get(f"{address}?version=2&who={who + 1}").text
    missing = someone.get(f"/me/drafts/item.999999.cancel/watch?version=1&who={who}").text
    assert "已无权查看" in missing


def test_scripts_get_a_status_instead_of_a_page(visit: Begin) -> None:
    """Nobody logged in: htmx is led to the log-in as a whole page, a script gets 401, a page is redirected."""
    anonymous = visit("")
    assert anonymous.client.get("/tasks", headers={"X-Lianban": "draft"}).status_code == 401
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/tasks?state=draft"}
    answer = anonymous.client.get("/tasks", headers=headers)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login?next=/tasks?state%3Ddraft")
    assert anonymous.get("/tasks").status_code == 303
