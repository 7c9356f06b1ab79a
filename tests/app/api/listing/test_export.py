"""GET /items/export.xlsx and .csv: what the list shows, to whom it shows it, on record."""

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.edge.listing import exporting
from app.models.record import Audit
from tests.client import Caller


def _rows(answer: Any) -> list[list[str]]:  # noqa: ANN401  # a response
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_a_file_holds_what_its_list_shows(caller: Caller) -> None:
    """Same filters, order, columns and permission as the list; each line of a cell is a column of its own."""
    city = caller.city
    city.task("甲项数据", supports=("ENE", "POL"))
    city.task("=乙项数据", lead="WEA")
    city.task("丙项")
    rows = _rows(caller.get("office1", "/items/export.csv?q=数据&sort=title&columns=lead,state,urgency,due"))
    assert rows[0] == [
        "编号",
        "事项",
        "督办级别",
        "牵头单位",
        "配合单位",
        "状态",
        "阶段",
        "缓急",
        "完成期限",
        "逾期工作日",
    ]
    assert [row[1] for row in rows[1:]] == ["甲项数据", "'=乙项数据"]
    assert rows[1][3:] == ["交通局", "公安局、能源局", "拟办", "", "平件", "2026-04-01", ""]
    assert [row[3] for row in _rows(caller.get("wea_staff", "/items/export.csv"))[1:]] == ["'=乙项数据"]
    english = _rows(caller.get("office1", "/items/export.csv?lang=en&columns=light,kind"))
    assert english[0] == ["Light", "Rule of the light", "Number", "Item", "Level", "Kind"]


def test_a_workbook_says_what_it_is(caller: Caller) -> None:
    """The second sheet names the filters, the order, the time of the data and by whom."""
    caller.city.task("甲")
    answer = caller.get("office1", "/items/export.xlsx?light=green,red&kind=task&q=甲")
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.data))
    notes = {str(label): value for label, value in book["说明"].iter_rows(values_only=True)}
    assert notes["范围"] == "任务、全部、“甲”、红灯、绿灯"
    assert notes["数据时间"] == "2026-03-02 10:00"
    assert notes["导出人"] == "测试office1"
    assert answer.data == caller.get("office1", "/items/export.xlsx?light=green,red&kind=task&q=甲").data


def test_every_export_is_on_record(caller: Caller) -> None:
    """Who took which list, how many rows, with the file's hash."""
    caller.city.task("甲")
    caller.get("tra_staff", "/items/export.csv?q=甲")
    with caller.city.database.reading() as session:
        row = session.execute(select(Audit).where(Audit.action == "export")).scalar_one()
        assert (row.actor_id, row.source, row.subject) == (caller.city.people["tra_staff"], "api", "items")
        assert row.after is not None
        assert (row.after["rows"], row.after["format"]) == (1, "csv")
        assert "view=all" in str(row.after["query"])
        assert len(str(row.after["sha256"])) == 64


def test_too_many_rows_are_long_work(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit nothing is made and nothing is on record: 409 says what to do."""
    monkeypatch.setattr(exporting, "EXPORT_MAX", 1)
    caller.city.task("甲")
    assert caller.get("office1", "/items/export.csv").status_code == 200
    caller.city.task("乙")
    answer = caller.get("office1", "/items/export.csv")
    assert (answer.status_code, answer.json["code"]) == (409, "export_too_long")


def test_other_endings_and_wrong_queries_are_refused(caller: Caller) -> None:
    """404 for a format that there is none of, 422 for a query that the list would refuse."""
    assert caller.get("office1", "/items/export.pdf").status_code == 404
    assert caller.get("office1", "/items/export.csv?columns=price").status_code == 422
    assert caller.get("office1", "/items/export.csv?department=NIX").status_code == 422
    assert caller.get(None, "/items/export.csv").status_code == 401


def test_a_file_is_read_in_a_constant_number_of_statements_a_page(caller: Caller) -> None:
    """All rows come, more than one page of them, each once."""
    for number in range(201):
        caller.city.task(f"第{number:03d}项")
    rows = _rows(caller.get("office1", "/items/export.csv?sort=title&columns=title"))
    assert [row[1] for row in rows[1:]] == [f"第{number:03d}项" for number in range(201)]
