"""Departments of ledgers: found by every name that they have or had, or made without posts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.edge.ledger import find_mapping
from app.models.organisation import Department, DepartmentName
from app.services.act import Act
from app.services.organisation.department import DepartmentNames, rename_department
from app.services.organisation.merging import merge_department
from app.services.recording import Acting
from tests.app.services.ledger.ledgers import bring_in, bring_in_text, find, read_text
from tests.city import NOW, City

HEAD = "类型,编号,名称,牵头单位,配合单位,状态,截止日期\n"
LATER = NOW + timedelta(days=3)


def make_act(city: City, session: Session) -> Act:
    """Return a write of the office to the organisation."""
    return Act(session.connection(), Acting(city.people["office1"], "office"), NOW, date(2026, 3, 2), "test")


@pytest.mark.parametrize("name", ["　交通局 ", "TRA", "ｔｒａ", "交\u200b通局", "交通管理局", "Transport"])
def test_departments_are_found_by_every_name(city: City, name: str) -> None:
    """P62, P66, P89: blanks, width, case, code, former name and alias find the one department; no twin is made."""
    with city.database.writing() as session:
        act = make_act(city, session)
        rename_department(act, city.departments["TRA"], DepartmentNames("交通管理局"))
    mapping = replace(find_mapping(None), aliases={"Transport": "交通局"}, departments="create")
    report = bring_in(city, read_text(f"编号,名称,牵头单位\nT1,甲,{name}\n", mapping))
    assert report.departments_created == ()
    assert find(city, "T1")["owner_department_id"] == city.departments["TRA"]


def test_codes_keep_their_zeros(city: City) -> None:
    """P75: 001002 is not 1002."""
    with city.database.writing() as session:
        for code, name in (("001002", "甲局"), ("1002", "乙局")):
            row = {"code": code, "name": name, "sort_key": name, "from_on": date(2020, 1, 1)}
            found = session.execute(insert(Department).values(row).returning(Department.id)).scalar_one()
            session.execute(
                insert(DepartmentName).values(department_id=found, name=name, folded=name, from_on=date(2020, 1, 1))
            )
            city.departments[code] = found
    bring_in_text(city, "编号,名称,牵头单位\nT1,甲,001002\nT2,乙,1002\n06932169358293,丙,\n")
    assert find(city, "T1")["owner_department_id"] == city.departments["001002"]
    assert find(city, "T2")["owner_department_id"] == city.departments["1002"]
    assert find(city, "06932169358293")["title"] == "丙"


def test_created_departments_get_distinct_codes(city: City) -> None:
    """A code is derived from the name; two that look alike in it stay apart; no post is made."""
    names = ["Parks & Recreation", "Parks Recreation", "水务局", "TRA-2"]
    rows = "".join(f"T{number},甲,{name}\n" for number, name in enumerate(names))
    report = bring_in_text(city, "编号,名称,牵头单位\n" + rows, create=True)
    assert report.departments_created == tuple(names)
    with city.database.reading() as session:
        codes = session.execute(select(Department.code).where(Department.name.in_(names))).scalars().all()
    assert len(set(codes)) == 4
    assert "PARKS-RECREATION" in codes


def test_a_merged_department_means_its_successor(city: City) -> None:
    """P62: an import that still has the old name goes to the successor; closed items stay with the old one."""
    text = HEAD + "任务,T1,甲,气象局,,已销号,2026-01-09\n任务,T2,乙,气象局,,承办中,2026-04-01\n"
    bring_in_text(city, text)
    with city.database.writing() as session:
        merge_department(make_act(city, session), city.departments["WEA"], city.departments["ENE"])
    report = bring_in_text(city, text + "任务,T3,丙,气象局,,承办中,2026-04-01\n", now=LATER)
    assert (report.created, report.updated, report.unchanged) == (1, 0, 2)
    owners = [find(city, key)["owner_department_id"] for key in ("T1", "T2", "T3")]
    assert owners == [city.departments[code] for code in ("WEA", "ENE", "ENE")]
