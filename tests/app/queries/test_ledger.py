"""Exports of ledgers: what a reader may read, in a form that reads back as the same."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, update

from app.edge.ledger import find_mapping
from app.ledger.read import read_ledger_bytes
from app.models.item import Item, Project
from app.models.organisation import Department, DepartmentName
from app.policy.people import OFFICE_READER, OVERSIGHT_READER
from app.services.entering import NewItem
from tests.app.services.ledger.ledgers import bring_back, bring_in, bring_in_text, count, export, find
from tests.city import FIRST, NOW, City

FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1+1)", "＝1+1", '=HYPERLINK("http://x","点此")', "'=1")
PHONE = "+86 10 1234 5678"
ENDINGS = pytest.mark.parametrize("ending", ["csv", "xlsx"])


def read_records(content: bytes) -> list[dict[str, str]]:
    """Return the records of an exported CSV."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@ENDINGS
def test_what_people_made_reads_back_as_the_same(city: City, ending: str) -> None:
    """P70, P71, P74, P75, P76: formulas, negative amounts, long numbers, zeros; importing again proposes no change."""
    project = city.project("甲=乙", supports=("ENE", "POL"))
    for number, title in enumerate((*FORMULAS, PHONE, "123456789012345678", "001002", "共 4\x16 项", "一、二；三,四")):
        city.task(title, parent_id=project, due_on=None if number % 2 else date(2026, 5, number + 1), urgency="urgent")
    city.do("office1", city.task(supports=("WEA",)), "assign")
    with city.database.writing() as session:
        values: dict[str, Any] = {"budget_fen": 8_000_000, "description": "一行\n二行", "category": "=1+1"}
        session.execute(update(Project).where(Project.item_id == project).values(**values))
    before = count(city)
    again = bring_back(city, ending)
    assert not again.refused, again.findings.lines("en")
    assert (again.created, again.updated, again.snapshots) == (0, 0, 0)
    assert again.unchanged == before["items"] - 1  # a share is no row of a ledger
    assert count(city) == before


@ENDINGS
def test_what_a_ledger_brought_reads_back_as_the_same(city: City, ending: str) -> None:
    """P71: a negative amount of a report and what only its snapshot keeps come back unchanged."""
    bring_in_text(
        city,
        "类型,编号,名称,牵头单位,配合单位,报告日期,预算,自报预算变化,自报灯号,原因,所属项目编号,币种\n"
        "项目,06932169358293,甲,交通局,能源局、公安局,2026-01-31,-80000.00,-5.00,红,缺地,,USD\n"
        "任务,123456789012345678,=1+1,交通局,,,,,,,06932169358293,\n",
    )
    again = bring_back(city, ending)
    assert not again.refused, again.findings.lines("en")
    assert (again.created, again.updated, again.unchanged, again.snapshots) == (0, 0, 2, 0)


def test_text_is_guarded_and_amounts_are_numbers(city: City) -> None:
    """P70, P71: in CSV no text cell starts like a formula; amounts stay as they are."""
    bring_in_text(city, "类型,编号,名称,报告日期,预算\n项目,P1,=1+1,2026-01-31,-80000.00\n")
    (record,) = read_records(export(city))
    assert (record["名称"], record["预算"], record["状态"]) == ("'=1+1", "-80000.00", "实施")


def test_only_what_a_reader_may_read(city: City) -> None:
    """DESIGN 2: every export goes through the readers' table; a hidden project is named by reference only."""
    hidden = city.project("机密项目", confidential=True)
    city.task("公开任务", lead="POL")
    city.enter(NewItem("task", "机密任务", city.departments["POL"], parent_id=hidden, confidential=True))
    titles = {
        reader: {record["名称"] for record in read_records(export(city, readers=(reader,)))}
        for reader in (OFFICE_READER, OVERSIGHT_READER, f"D:{city.departments['WEA']}")
    }
    assert titles == {
        OFFICE_READER: {"公开任务"},
        OVERSIGHT_READER: {"机密项目", "公开任务", "机密任务"},
        f"D:{city.departments['WEA']}": set(),
    }


def test_an_edited_export_updates_our_own_items(city: City) -> None:
    """What was made here is found by our reference; the same reference elsewhere is refused."""
    item_id = city.task("旧名")
    content = export(city)
    edited = read_ledger_bytes(content.decode("utf-8-sig").replace("旧名", "新名").encode(), find_mapping(None))
    report = bring_in(city, edited)
    assert (report.created, report.updated) == (0, 1)
    with city.database.writing() as session:
        title = session.connection().exec_driver_sql("SELECT title FROM items").scalar_one()
        session.execute(update(Item).where(Item.id == item_id).values(created_at=NOW.replace(year=2025)))
    assert title == "新名"
    refused = bring_in(city, edited)
    assert [fault.code for fault in refused.findings.faults] == ["unknown_item"]


def test_two_sources_with_the_same_key(city: City) -> None:
    """Keys are unique in the file; tasks keep their own project."""
    head = "类型,外部来源,外部编号,编号,名称,所属项目编号\n"
    bring_in_text(city, head + "项目,甲,1,1,甲项目,\n任务,甲,2,2,甲任务,1\n")
    bring_in_text(city, head + "项目,乙,1,1,乙项目,\n任务,乙,2,2,乙任务,1\n")
    records = read_records(export(city))
    assert len({record["编号"] for record in records}) == 4
    again = bring_back(city)
    assert (again.refused, again.created, again.updated, again.unchanged) == (False, 0, 0, 4)


def test_departments_whose_name_does_not_tell_them(city: City) -> None:
    """Where a closed department has the name of another one, its code stands in the file."""
    with city.database.writing() as session:
        row = {"code": "OLD", "name": "交通局", "sort_key": "x", "from_on": FIRST, "to_on": date(2021, 1, 1)}
        old = session.execute(insert(Department).values(row).returning(Department.id)).scalar_one()
        names = {
            "department_id": old,
            "name": "交通局",
            "folded": "交通局",
            "from_on": FIRST,
            "to_on": date(2021, 1, 1),
        }
        session.execute(insert(DepartmentName).values(names))
    city.enter(NewItem("task", "甲", old, external_source="s", external_key="1"))
    assert [record["牵头单位"] for record in read_records(export(city))] == ["OLD"]
    assert bring_back(city).unchanged == 1
    assert find(city, "1")["owner_department_id"] == old
