"""The log of acts and the home page by post: for whom it is open, what it shows, that reading it is on record."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.models.record import Audit
from tests.app.pages.conftest import Visit, give_passwords
from tests.city import City
from tests.client import Caller

Begin = Callable[[str], Visit]


def read_acts(city: City, action: str) -> list[dict[str, object]]:
    """Return what was kept of the acts of one name."""
    with city.database.reading() as session:
        return [row or {} for row in session.execute(select(Audit.after).where(Audit.action == action)).scalars()]


def test_the_log_is_for_overseers_and_administrators_alone(city: City, visit: Begin) -> None:
    """DESIGN 2: auditors and leaders read it whole, administrators without contents; nobody else; the menu says so."""
    item_id = city.task("公开事项")
    city.do("office1", item_id, "assign")
    for login in ("auditor", "leader"):
        text = visit(login).get("/log").text
        assert "公开事项" in text
        assert 'href="/log"' in text
    admin = visit("admin").get("/log")
    assert admin.status_code == 200
    assert "公开事项" not in admin.text
    assert "登录" in admin.text
    for login in ("office1", "tra_head"):
        visitor = visit(login)
        assert visitor.get("/log").status_code == visitor.get("/log.csv").status_code == 403
        assert 'href="/log"' not in visitor.get("/").text


def test_reading_and_exporting_the_log_are_on_record(city: City, visit: Begin) -> None:
    """Issue 4: who read the log, with which filters, and how many rows they got."""
    visitor = visit("auditor")
    visitor.get("/log?outcome=refused")
    assert read_acts(city, "read_log")[-1]["outcome"] == "refused"
    sent = visitor.get("/log.csv")
    assert sent.mimetype == "text/csv"
    assert sent.data.startswith(b"\xef\xbb\xbf")
    assert read_acts(city, "export_log")[-1]["rows"]


def test_filters_live_in_the_address(city: City, visit: Begin) -> None:
    """By person, act, item, outcome, source and day; hostile text stays text."""
    first, second = city.task("第一件"), city.task("<b>第二件")
    city.do("office1", first, "assign")
    city.do("office2", second, "assign")
    visitor = visit("auditor")
    assert "第二件" not in visitor.get("/log?who=office1&action=assign").text
    shown = visitor.get(f"/log?item={second}").text
    assert "&lt;b&gt;第二件" in shown
    assert "第一件" not in shown
    assert "没有符合筛选的记录" in visitor.get("/log?until=2020-01-01").text
    assert visitor.get("/log?since=broken&item=x&outcome=no").status_code == 200
    assert visitor.get("/log?cursor=broken").status_code == 422


def test_the_api_shows_the_same_log_page_by_page(caller: Caller, city: City) -> None:
    """GET /audit: every act once; contents for overseers alone; acts on what one may not read are not there."""
    secret = city.task("内部事项", confidential=True)
    city.do("director", secret, "assign")
    open_id = city.task("公开事项")
    city.do("office1", open_id, "assign")
    seen: list[int] = []
    cursor = ""
    while True:
        page = caller.get("auditor", f"/audit?limit=2{cursor}").json
        seen += [row["id"] for row in page["items"] if row["action"] != "read_log"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen))
    row = caller.get("auditor", f"/audit?item={secret}&action=assign").json["items"][0]
    assert row["after"]["state"] == "assigned"
    assert caller.get("admin", f"/audit?item={secret}").json["items"] == []
    assert all(row["after"] is None for row in caller.get("admin", "/audit").json["items"])
    assert caller.get("office1", "/audit").status_code == 403
    assert caller.get("auditor", "/audit?outcome=perhaps&item=0").status_code == 422


@pytest.mark.parametrize(
    ("login", "heading"),
    [
        ("office1", "停滞的事项"), ("office1", "督办单待更正"), ("office1", "各单位欠报"), ("tra_head", "本单位逾期"),
        ("leader", "需要领导关注"), ("leader", "一周以来的变化"), ("auditor", "近期重要操作"), ("admin", "出错的"),
        ("admin", "暂停登录的账号"),
    ],
)  # fmt: skip
def test_home_shows_what_each_post_calls_for(city: City, visit: Begin, login: str, heading: str) -> None:
    """Issue 4 no. 2: home by role, empty states included."""
    assert city
    assert heading in visit(login).get("/").text


def test_several_posts_see_the_union(city: City, visit: Begin, app: object) -> None:
    """Whoever is head and finance sees both, the first post's first."""
    assert app
    city.add_person("both", ("TRA", "finance", False), ("TRA", "head", False))
    give_passwords(city.database)
    text = visit("both").get("/").text
    assert text.index("有预算的项目") < text.index("本单位逾期")
