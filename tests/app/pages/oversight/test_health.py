"""The page of the installation's health and its API twin: for administrators, in both languages."""

from collections.abc import Callable
from datetime import timedelta

from app.core.errors import Sentence
from app.core.watch.finding import Finding
from app.edge.doctor.table import CHEAP, CHECKS
from app.services.watching.alerting import keep_alerts
from tests.app.pages.conftest import Visit
from tests.city import NOW, City
from tests.client import Caller

Begin = Callable[[str], Visit]


def test_it_is_for_administrators(visit: Begin, caller: Caller) -> None:
    """The menu leads there; everybody else is refused, on the page and over the API."""
    admin = visit("admin")
    assert 'href="/health"' in admin.get("/").text
    assert admin.get("/health").status_code == 200
    for login in ("office1", "auditor", "leader", "tra_head"):
        assert visit(login).get("/health").status_code == 403
        assert 'href="/health"' not in visit(login).get("/").text
        assert caller.get(login, "/health").status_code == 403


def test_it_says_what_is_wrong_what_mends_it_and_what_was_told(visit: Begin, caller: Caller, city: City) -> None:
    """What is not well comes first with its remedy, then what was told and since when, then what is well."""
    full = Finding("disk", "fault", Sentence("数据目录已满", "the disk is full"), Sentence("清理", "free it"))
    fine = Finding("disk", "ok", Sentence("还有空间", "there is room"))
    store = Finding("store", "fault", Sentence("文件库<b>坏了", "the store is <b>broken"), Sentence("修", "mend it"))
    today = NOW.date()
    for hours, found in ((0, full), (1, fine), (2, store)):
        now = NOW + timedelta(hours=hours)
        with city.database.writing() as unit:
            keep_alerts(unit, [found], now, today)
    page = visit("admin").get("/health").text
    assert page.index("需要处理") < page.index("通知记录") < page.index("正常的检查项")
    assert "定时任务进程从未启动" in page
    assert "处理：启动flask scheduler" in page
    assert "文件库&lt;b&gt;坏了" in page
    assert "尚未恢复" in page
    shown = caller.get("admin", "/health").json
    assert {one["check"] for one in shown["items"]} == {one.name for one in CHECKS if one.cost == "cheap"}
    assert [(one["check"], one["closed_at"] is None) for one in shown["alerts"]] == [("store", True), ("disk", False)]
    ranks = [("fault", "warning", "ok").index(one["state"]) for one in shown["items"]]
    assert ranks == sorted(ranks)
    assert {"cheap"} == CHEAP
