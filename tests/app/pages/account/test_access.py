"""Where somebody is logged in, with tokens and feeds: seen by themselves and administrators, ended one by one."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.models.organisation import AccessToken
from app.models.personal import CalendarFeed, WebSession
from app.models.record import Audit
from app.services.organisation.token import issue_token
from app.services.organisation.web_session import shorten_address
from app.services.personal.feed import make_feed
from tests.app.pages.conftest import Visit
from tests.city import City
from tests.client import Caller
from tests.messaging import make_act

Begin = Callable[[str], Visit]


def give(city: City, login: str) -> None:
    """Give somebody a token and a calendar feed."""
    with city.database.writing() as session:
        act = make_act(session, city, login)
        issue_token(act, city.people[login], "大屏")
        make_feed(act, "手机", "zh", None)


def find_mark(page: str) -> str:
    found = re.search(r"/me/sessions/([0-9a-f]{16})/end", page)
    assert found is not None
    return found[1]


def count_open(city: City, login: str) -> tuple[int, int, int]:
    """Return how many sessions, tokens and feeds of somebody nobody has ended."""
    person_id = city.people[login]
    with city.database.reading() as session:
        sessions = select(WebSession.sha256).where(WebSession.person_id == person_id, WebSession.ended_at.is_(None))
        tokens = select(AccessToken.id).where(AccessToken.person_id == person_id, AccessToken.revoked_at.is_(None))
        feeds = select(CalendarFeed.id).where(CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None))
        return tuple(len(session.execute(one).all()) for one in (sessions, tokens, feeds))  # type: ignore[return-value]


def test_one_other_browser_is_ended_and_no_more(city: City, visit: Begin) -> None:
    """The others go on, this one is marked and cannot be ended by accident; tokens and feeds stand beside it."""
    here, there, third = visit("office1"), visit("office1"), visit("office1")
    give(city, "office1")
    page = here.get("/me/sessions").text
    assert page.count("本机") == 1
    assert page.count("网络地址127.0.0.*") == 3
    assert "大屏" in page
    assert "手机" in page
    assert len(re.findall(r"/me/sessions/[0-9a-f]{16}/end", page)) == 2
    mark = find_mark(page)
    assert here.post(f"/me/sessions/{mark}/end").status_code == 303
    assert sorted(one.get("/me").status_code for one in (here, there, third)) == [200, 200, 303]
    assert here.post(f"/me/sessions/{mark}/end").status_code == 404
    with city.database.reading() as session:
        own = session.execute(select(WebSession.sha256).where(WebSession.ended_at.is_(None))).scalars().all()
        after = session.execute(select(Audit.after).where(Audit.action == "session.end")).scalar_one()
    assert after == {"session": mark}
    for sha256 in own:
        here.post(f"/me/sessions/{sha256[:16]}/end")
    assert here.get("/me").status_code == 200


def test_nobody_ends_somebody_elses(city: City, visit: Begin) -> None:
    """Another person's mark is no mark of one's own."""
    here, other = visit("office1"), visit("office2")
    visit("office2")
    here.get("/me")
    mark = find_mark(other.get("/me/sessions").text)
    assert here.post(f"/me/sessions/{mark}/end").status_code == 404
    assert count_open(city, "office2")[0] == 2


def test_an_administrator_ends_with_a_reason(city: City, visit: Begin) -> None:
    """A session, a token, a feed, or all; without a choice or a reason nothing; each is on record with it."""
    person_id = city.people["office1"]
    someone, admin = visit("office1"), visit("admin")
    visit("office1")
    give(city, "office1")
    place = f"/organisation/people/{person_id}/access"
    page = admin.get(place).text
    choices = re.findall(r'name="what" value="([^"]+)"', page)
    assert [one.partition(":")[0] for one in choices] == ["session", "session", "token", "feed", "all"]
    assert place in admin.get(f"/organisation/people/{person_id}").text
    for form, said in (({"what": choices[0]}, "请填写"), ({"reason": "x"}, "请选择要结束哪一处")):
        refused = admin.post(f"{place}/end", **form)
        assert (refused.status_code, said in refused.text) == (422, True)
    assert count_open(city, "office1") == (2, 1, 1)
    for what, left in zip(choices[1:4], ((1, 1, 1), (1, 0, 1), (1, 0, 0)), strict=True):
        assert admin.post(f"{place}/end", what=what, reason="电脑丢失").status_code == 303
        assert count_open(city, "office1") == left
        assert admin.post(f"{place}/end", what=what, reason="电脑丢失").status_code == 404
    assert admin.post(f"{place}/end", what="all:", reason="离岗").status_code == 303
    assert count_open(city, "office1") == (0, 0, 0)
    assert someone.get("/me").status_code == 303
    assert "此人没有登录" in admin.get(place).text
    with city.database.reading() as session:
        kept = session.execute(select(Audit.after).where(Audit.action == "access.end").order_by(Audit.id)).scalars()
        assert [(one["way"], one["reason"]) for one in kept if one is not None] == [
            ("session", "电脑丢失"), ("token", "电脑丢失"), ("feed", "电脑丢失"), ("all", "离岗"),
        ]  # fmt: skip


@pytest.mark.parametrize("login", ["office1", "tra_head", "auditor"])
def test_only_administrators_see_and_end(city: City, visit: Begin, login: str) -> None:
    """Neither the office nor an auditor; somebody who is not there is nobody's."""
    someone, person_id = visit(login), city.people["office2"]
    someone.get("/me")
    place = f"/organisation/people/{person_id}/access"
    assert someone.get(place).status_code == 403
    assert someone.post(f"{place}/end", what="all:", reason="x").status_code == 403
    admin = visit("admin")
    admin.get("/me")
    assert admin.get("/organisation/people/999999/access").status_code == 404
    assert admin.post("/organisation/people/999999/access/end", what="all:", reason="x").status_code == 404


def test_the_api_does_the_same(caller: Caller, city: City, app: Flask) -> None:
    """Listed with marks, ended one by one; an administrator with a reason."""
    someone = Visit(app.test_client(), "tra_staff")
    someone.log_in("tra_staff")
    (row,) = caller.get("tra_staff", "/me/sessions").json["items"]
    assert (len(row["mark"]), row["address"]) == (16, "127.0.0.*")
    headers = {"Authorization": f"Bearer {caller.token('office1')}"}
    assert caller.client.delete(f"/api/v1/me/sessions/{row['mark']}", headers=headers).status_code == 404
    headers = {"Authorization": f"Bearer {caller.token('tra_staff')}"}
    assert caller.client.delete(f"/api/v1/me/sessions/{row['mark']}", headers=headers).json == {"mark": row["mark"]}
    assert caller.get("tra_staff", "/me/sessions").json["items"] == []
    path = f"/users/{city.people['tra_staff']}/access"
    assert caller.get("office1", path).status_code == 403
    (token,) = caller.get("admin", path).json["tokens"]
    given = {"way": "token", "name": str(token["id"])}
    assert caller.post("admin", f"{path}/end", given).status_code == 422
    assert caller.post("admin", f"{path}/end", {**given, "way": "door", "reason": "x"}).status_code == 422
    for name in ("x", "²", "9" * 40, ""):
        assert caller.post("admin", f"{path}/end", {**given, "name": name, "reason": "x"}).status_code == 404
    done = caller.post("admin", f"{path}/end", {**given, "reason": "程序停用"})
    assert done.json == {"sessions": [], "tokens": [], "feeds": []}
    assert caller.get("tra_staff", "/me").status_code == 401


@pytest.mark.parametrize(
    ("address", "kept"),
    [("10.1.2.3", "10.1.2.*"), ("2001:db8:1:2::7", "2001:db8:1:*"), ("::1", ":*"), ("", ""), ("unix:", "")],
)
def test_of_an_address_the_network_is_kept(address: str, kept: str) -> None:
    """Enough to know a place again, not the machine."""
    assert shorten_address(address) == kept
