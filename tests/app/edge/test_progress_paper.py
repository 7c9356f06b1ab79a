"""The monthly report as a paper: PDF, Word and Excel are read back and compared with the database."""

import io
from datetime import date
from typing import Any

import docx
import openpyxl
import pytest
from sqlalchemy import func, select, update

from app.core.errors import InvalidError
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.kind import Ask, Filled
from app.models.fund import FundYear
from app.models.item import Item, Project
from app.models.organisation import Department
from app.policy.people import find_actor
from app.services.entering import NewItem
from reports.wording import Lang
from tests.app.services.supervision.asking import ask
from tests.client import Caller
from tests.meeting import Bench
from tests.money import WAN, Treasury
from tests.reports.measure import read_texts
from tests.sweeping import local, running_task

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAPER = PAPERS["progress"]


def _live(caller: Caller) -> None:
    """Let March pass: a project with money, a request referred to the group, a late decision, overdue tasks."""
    city = caller.city
    new = NewItem("project", "数据共享平台", city.departments["TRA"], due_on=date(2026, 12, 31), state="in_progress")
    (project,) = city.enter(new, now=local(2026, 3, 1))
    with city.database.writing() as session:
        session.execute(
            update(Project).where(Project.item_id == project).values(start_on=date(2026, 1, 1), budget_fen=123 * WAN)
        )
    city.do("tra_head", project, "report", {"text": "进展", "progress_pct": 20}, now=local(2026, 3, 20))
    money = Treasury.found(city, 200 * WAN)
    money.paid(money.allocated(37 * WAN, project_id=project, parts=(21 * WAN, 16 * WAN)))
    for day in (10, 12, 30):
        city.task(f"{day}日到期", due_on=date(2026, 3, day))
    fields = {"new_due_on": "2026-04-20", "reason": "设备到货推迟", "progress": "已完成六成"}
    request = ask(city, "tra_head", running_task(city), "ask_extension", local(2026, 3, 20), **fields)
    city.do("office1", request, "refer", {"opinion": "同意顺延一次。"}, now=local(2026, 3, 23))
    Bench.found(city).whole()
    caller.clock.set(local(2026, 4, 27))


def _fill(caller: Caller, month: str, login: str = "office1", lang: Lang = "zh") -> Filled:
    with caller.context.database.reading() as unit:
        actor = find_actor(unit.connection(), caller.city.people[login], caller.context.today(), caller.context.now())
        assert actor is not None
        return PAPER.fill(caller.context, unit, actor, Ask(period=month), lang)


def _count(caller: Caller) -> dict[str, Any]:
    """Return the figures as the tables have them, by statements of our own."""
    with caller.city.database.reading() as session:
        is_open = Item.closed_at.is_(None) & Item.kind.in_(("project", "task", "share"))
        overdue = session.execute(
            select(func.count()).select_from(Item).where(is_open, Item.due_on <= date(2026, 4, 26))
        ).scalar_one()
        year = session.execute(select(FundYear)).scalar_one()
        loads = session.execute(
            select(Department.name, func.count())
            .join(Item, Item.owner_department_id == Department.id)
            .where(is_open)
            .group_by(Department.id, Department.name)
        ).all()
        return {"overdue": overdue, "paid": year.paid_fen + year.spent_fen, "budget": -year.source_fen, "loads": loads}


def test_the_three_endings_agree_with_the_database(caller: Caller) -> None:
    """Issue 8.1: figures cannot differ between PDF, Word and Excel; all three are compared with the tables."""
    _live(caller)
    filled, known = _fill(caller, "2026-04"), _count(caller)
    drawn = {ending: draw(filled.data, "zh", None) for ending, draw in PAPER.draw.items()}
    assert set(drawn) == {"pdf", "docx", "xlsx"}
    page = "".join(read_texts(drawn["pdf"]))
    document = docx.Document(io.BytesIO(drawn["docx"]))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    word = "".join([*(block.text for block in document.paragraphs), *cells])
    book = openpyxl.load_workbook(io.BytesIO(drawn["xlsx"]))

    figures = {row[0]: row for row in book["指标"].iter_rows(min_row=2, values_only=True)}
    assert figures["逾期事项"][1] == known["overdue"]
    assert f"逾期事项：{known['overdue']}（" in word
    assert f"{known['overdue']}/{figures['逾期事项'][3]}逾期事项" in page

    funds = next(book["资金"].iter_rows(min_row=2, values_only=True))
    assert (funds[2], funds[6]) == (known["budget"] / 100, known["paid"] / 100)
    assert "210,000.00 元" in word
    assert "200.0037.0021.00" in page
    assert funds[8] == pytest.approx(known["paid"] / known["budget"])
    assert f"{100 * known['paid'] / known['budget']:.1f}%" in word

    earned = next(book["挣值"].iter_rows(min_row=2, values_only=True))
    assert earned[3] == 1_230_000
    assert earned[9] == known["paid"] / 100
    assert "123.00万元" in page

    loads = {row[0]: row[1] for row in book["部门"].iter_rows(min_row=2, values_only=True)}
    assert loads == {name: count for name, count in known["loads"] if count}

    assert next(book["提请决定"].iter_rows(min_row=2, values_only=True))[3] == "同意顺延一次。"
    for text in (page, word):
        assert "是否同意延期：主城区信号机数据对接" in text
        assert "同意顺延一次。" in text
        assert "纪要〔2026〕1号" in text
    assert "是否同意延期：主城区信号机数据对接" in read_texts(drawn["pdf"])[0]


def test_a_paper_names_its_data_time_and_refuses_what_is_no_month(caller: Caller) -> None:
    """The contract of papers: data time and rules for the proof, and a fault beside the period."""
    filled = _fill(caller, "2026-03")
    assert filled.data_at == filled.data.data_at
    assert filled.rule_set_id is not None
    assert filled.name == "progress-2026-03"
    for bad in ("2026-13", "2026", "", "March"):
        with pytest.raises(InvalidError) as refused:
            _fill(caller, bad)
        assert refused.value.faults[0].field == "period"
