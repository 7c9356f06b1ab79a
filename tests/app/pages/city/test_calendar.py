"""The working calendar on its page and in the API: a year, counting, the import of a table."""

import json
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.errors import InvalidError
from app.models.item import Item
from app.models.record import Audit
from app.models.rule import CalendarYear
from app.services.city.calendar_text import _CHINESE, read_calendar_text
from tests.app.pages.conftest import Visit
from tests.app.services.escalation.test_calendar import SHIPPED, forget_2026
from tests.city import City
from tests.client import Caller
from tests.sweeping import running_task
from workflows import calendar_table

Begin = Callable[[str], Visit]
TABLE = SHIPPED.read_text(encoding="utf-8")


def due_on(city: City, item_id: int) -> Any:  # noqa: ANN401  # a column's value
    """Return the item's due date."""
    with city.database.reading() as session:
        return session.execute(select(Item.due_on).where(Item.id == item_id)).scalar_one()


def computed(city: City) -> int:
    """Return a task whose due date was computed over the October holiday of a year without a table."""
    forget_2026(city)
    return running_task(city, title="推算的", due_on=date(2026, 10, 5), due_basis={"from": "2026-09-28", "workdays": 5})


def test_a_year_at_a_glance(visit: Begin) -> None:
    """Holidays, make-up days and weekends in words; a provisional year says so; unknown years show the present one."""
    staff = visit("tra_staff")
    page = staff.get("/calendar").text
    assert "2026年工作日历" in page
    assert "正式安排" in page
    assert "放假（国庆节）" in page
    assert "调休上班（国庆节）" in page
    assert 'aria-current="date"' in page
    assert "导入放假安排" not in page
    assert "暂定" in staff.get("/calendar?year=2031").text
    for year in ("1990", "2100", "x", "99999"):
        assert "2026年工作日历" in staff.get(f"/calendar?year={year}").text


def test_counting_working_days(visit: Begin) -> None:
    """Between two dates, and the n-th from one; every fault beside its field, what was typed stays."""
    staff = visit("tra_staff")
    assert "2026-09-30之后至2026-10-10" in _plain(staff.get("/calendar?from=2026-09-30&until=2026-10-10").text)
    assert "共3个工作日" in _plain(staff.get("/calendar?from=2026-09-30&until=2026-10-10").text)
    assert "第5个工作日是2026-10-09" in _plain(staff.get("/calendar?from=2026-09-25&n=5").text)
    assert "结果为暂定" in staff.get("/calendar?from=2026-12-25&n=20").text
    page = staff.get("/calendar?from=x&n=many").text
    assert 'id="c-from-fault"' in page
    assert 'id="c-n-fault"' in page
    assert 'value="many"' in page
    assert "结果超出日历范围" in staff.get("/calendar?from=2100-12-01&n=5000").text


def _plain(page: str) -> str:
    return page.replace('<span class="d">', "").replace("</span>", "")


def test_a_check_shows_what_moves_and_writes_nothing(visit: Begin, city: City) -> None:
    """P29: the preview counts and lists the computed dates that would move; then the load moves them."""
    item_id = computed(city)
    office = visit("office1")
    office.get("/calendar/import")
    data = {"csrf_token": office.token, "step": "check", "file": (BytesIO(TABLE.encode()), "cn-2026.json")}
    page = office.client.post("/calendar/import", data=data).text
    assert "1个推算的完成期限随之移动" in page
    assert "推算的" in page
    assert "2026-10-10" in page
    assert due_on(city, item_id) == date(2026, 10, 5)
    with city.database.reading() as session:
        assert session.execute(select(CalendarYear).where(CalendarYear.year == 2026)).first() is None
    assert office.post("/calendar/import", step="load", table=TABLE).status_code == 303
    assert due_on(city, item_id) == date(2026, 10, 10)
    assert "2026年安排已导入" in office.get("/calendar").text


def test_what_the_loader_may_not_read_is_counted_but_not_named(visit: Begin, city: City) -> None:
    """DESIGN 2: an administrator reads no items; the effect is told, the titles are not."""
    computed(city)
    admin = visit("admin")
    admin.get("/calendar/import")
    page = admin.post("/calendar/import", step="check", table=TABLE).text
    assert "1个推算的完成期限随之移动" in page
    assert "推算的</a>" not in page
    assert "不在可阅看的事项中" in page


def test_every_fault_at_once_and_the_text_stays(visit: Begin) -> None:
    """Bad input: all faults with their places, in the reader's language; hostile text is text."""
    bad = {"year": 2027, "source": "<b>x</b>", "days": [{"name": "", "date": "2027-13-01", "isOffDay": "yes"}], "x": 1}
    office = visit("office1")
    office.get("/calendar/import")
    page = office.post("/calendar/import", step="check", table=json.dumps(bad))
    assert page.status_code == 422
    for said in ("days[0].name", "没有节日名称", "days[0].date", "不是日期", "isOffDay", "不认识的项“x”"):
        assert said in page.text, said
    assert "&lt;b&gt;x&lt;/b&gt;" in page.text
    for text, said in (("", "请选择一个JSON文件"), ("{", "不是JSON文件"), ("[" * 3000, "不是JSON文件")):
        assert said in office.post("/calendar/import", step="check", table=text).text


def test_every_fault_of_a_table_has_chinese_words() -> None:
    """No fault reaches a reader as a bare code: the codes of the table's reader are those that have words."""
    source = (SHIPPED.parents[2] / "workflows" / "calendar_table.py").read_text(encoding="utf-8")
    assert calendar_table.__doc__
    for code in _CHINESE:
        assert f'"{code}"' in source, code
    with pytest.raises(InvalidError) as refused:
        read_calendar_text('{"year": 1800, "holidays": 3, "days": []}')
    assert {fault.field for fault in refused.value.faults} == {"table", "table.year"}


@pytest.mark.parametrize("login", ["tra_head", "leader", "auditor"])
def test_only_the_office_and_administrators_load(visit: Begin, caller: Caller, login: str) -> None:
    """Others see no form; a sent one is refused, by the API too, and nothing is written."""
    visitor = visit(login)
    assert visitor.get("/calendar/import").status_code == 403
    visitor.get("/")
    assert visitor.post("/calendar/import", step="load", table=TABLE).status_code == 403
    assert caller.post(login, "/calendars", {"table": json.loads(TABLE)}).status_code == 403


def test_a_downloaded_table_can_be_loaded_again(visit: Begin, caller: Caller) -> None:
    """What is downloaded is what was loaded: loading it again changes no day; a year without a table is missing."""
    staff = visit("tra_staff")
    sent = staff.get("/calendar/2026.json")
    assert sent.headers["Content-Disposition"] == 'attachment; filename="calendar-2026.json"'
    shown = caller.post("office1", "/calendars", {"table": sent.json, "dry_run": True}).json
    assert (shown["days_changed"], shown["due_dates_moved"], shown["changes"]) == (0, 0, [])
    assert staff.get("/calendar/2031.json").status_code == 404


def test_the_api_lists_counts_and_loads(caller: Caller, city: City) -> None:
    """GET /calendars, one year, workdays; POST with dry_run and without: the same effect as the page's."""
    years = caller.get("tra_staff", "/calendars").json["items"]
    assert [one["year"] for one in years] == [2026, 2025, 2024]
    year = caller.get("tra_staff", "/calendars/2026").json
    assert (year["is_official"], year["workdays"], len(year["days"])) == (True, 248, 39)
    assert caller.get("tra_staff", "/calendars/1800").status_code == 404
    counted = caller.get("tra_staff", "/calendars/workdays?from=2026-09-30&until=2026-10-10").json
    assert counted == {"from": "2026-09-30", "until": "2026-10-10", "workdays": 3, "is_provisional": False}
    assert caller.get("tra_staff", "/calendars/workdays?from=2026-10-10&n=-3").json["until"] == "2026-09-30"
    for wrong in ("from=2026-01-01", "from=2026-01-01&n=1&until=2026-01-02", "from=1800-01-01&n=1", "n=1"):
        assert caller.get("tra_staff", f"/calendars/workdays?{wrong}").status_code == 422, wrong
    item_id = computed(city)
    body = {"table": json.loads(TABLE), "dry_run": True}
    plan = caller.post("office1", "/calendars", body).json
    assert (plan["due_dates_moved"], plan["moves"][0]["item_id"], plan["rungs_moved"]) == (1, item_id, None)
    done = caller.post("office1", "/calendars", body | {"dry_run": False}).json
    assert (done["due_dates_moved"], done["days_changed"]) == (1, plan["days_changed"])
    assert due_on(city, item_id) == date(2026, 10, 10)
    with city.database.reading() as session:
        statement = (
            select(func.count()).select_from(Audit).where(Audit.action == "calendar.load", Audit.source == "api")
        )
        assert session.execute(statement).scalar_one() == 1
    forecast = {**json.loads(TABLE), "forecast": True}
    assert caller.post("office1", "/calendars", {"table": forecast, "dry_run": True}).status_code == 409
    refused = caller.post("office1", "/calendars", {"table": {"year": 2027}})
    assert refused.status_code == 422
