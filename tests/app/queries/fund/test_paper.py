"""The documents of special funds as the database fills them, for who may read them (issue 8 no. 1, P86)."""

import io
from collections.abc import Callable
from typing import Any

import docx
import openpyxl
import pytest
from sqlalchemy import func, select

from app.core.errors import ConflictError, NotFoundError
from app.models.fund import FundAccount, FundEntry
from app.policy.fund import Sight
from app.queries.fund.overview import find_fund
from app.queries.fund.paper import PaperSetting, read_allocation_paper, read_execution_paper, read_order_paper
from reports.fund.execution import build_execution_pdf
from reports.fund.execution_docx import build_execution_docx
from reports.fund.execution_xlsx import build_execution_xlsx
from reports.fund.inputs import AllocationPaper, ExecutionPaper, OrderPaper
from reports.wording import Text, say
from tests.app.queries.fund.reading import count_statements, readers_of, sight_of
from tests.city import City
from tests.money import WAN, YEAR, Treasury, yuan
from tests.reports.measure import read_texts


def _setting(city: City) -> PaperSetting:
    return PaperSetting(Text("云州市", "Yunzhou"), Text("领导小组办公室", "Office"), city.book.zone)


def _read_allocation(city: City, login: str, item_id: int) -> AllocationPaper:
    with city.database.reading() as unit:
        return read_allocation_paper(unit.connection(), _setting(city), readers_of(city, login), item_id)


def _read_order(city: City, login: str, item_id: int) -> OrderPaper:
    with city.database.reading() as unit:
        return read_order_paper(unit.connection(), _setting(city), readers_of(city, login), item_id)


def _read_execution(money: Treasury, sight: Sight) -> ExecutionPaper:
    with money.city.database.reading() as unit:
        connection = unit.connection()
        fund = find_fund(connection, money.fund_id, YEAR)
        return read_execution_paper(
            connection, _setting(money.city), sight, fund, money.now, lambda _, state: Text(state, state)
        )


def test_an_allocation_is_told_as_it_was_issued(city: City) -> None:
    """DOMAIN 2.5, 2.6: number, recipient, amount, capitals, goals, instalments, what it rests on, its day."""
    money = Treasury.found(city)
    project = money.project()
    item = money.allocated(30 * WAN + 53, project_id=project, parts=(10 * WAN, 20 * WAN + 53))
    paper = _read_allocation(city, "tra_staff", item)
    assert paper.number == f"财专〔{YEAR}〕1号"
    assert (paper.mark, paper.issuer) == (
        Text("云州市财政局文件", "财政局, Yunzhou"), Text("云州市财政局", "财政局, Yunzhou"),
    )  # fmt: skip
    assert say(paper.recipient, "zh") == "交通局"
    assert (paper.amount_fen, paper.capital) == (30 * WAN + 53, "人民币叁拾万元伍角叁分")
    assert [(goal.indicator, goal.target) for goal in paper.goals] == [("接入路口", "120个")]
    assert [(one.seq, one.amount_fen, one.milestone) for one in paper.instalments] == [
        (1, 10 * WAN, ""), (2, 20 * WAN + 53, "节点1"),
    ]  # fmt: skip
    assert paper.basis == ("市财〔2025〕1号",)
    assert (paper.project, paper.year, paper.allocated_on) == ("交通能源数据共享", YEAR, money.today)
    assert paper.made_at == money.now
    assert paper.copies_to == (Text("领导小组办公室", "Office"),)


def test_before_it_is_allocated_there_is_none(city: City) -> None:
    """Rule: no document before the issue; a request that ended without one never has any."""
    money = Treasury.found(city)
    item = money.draft(money.project(), WAN)
    with pytest.raises(ConflictError, match="not_allocated"):
        _read_allocation(city, "tra_staff", item)
    money.submit(item)
    with pytest.raises(ConflictError):
        _read_allocation(city, "tra_staff", item)


def test_an_order_names_who_asked_checked_and_paid(city: City) -> None:
    """DOMAIN 2.5: an order exists once it is checked; paid it carries voucher and day; reversed it says so."""
    money = Treasury.found(city)
    item = money.allocated(30 * WAN, parts=(10 * WAN, 20 * WAN))
    drawn = money.drawn(item)
    with pytest.raises(ConflictError, match="no_order"):
        _read_order(city, "tra_staff", drawn)
    money.do("fin1", drawn, "check")
    checked = _read_order(city, "tra_staff", drawn)
    assert (checked.state, checked.voucher, checked.paid_on) == ("checked", "", None)
    assert checked.number
    assert [say(step.label, "zh") for step in checked.steps] == ["申请", "审核"]
    money.do("fin2", drawn, "pay", voucher="记7")
    paid = _read_order(city, "fin1", drawn)
    assert (paid.state, paid.voucher, paid.paid_on, paid.number) == ("paid", "记7", money.today, checked.number)
    assert (paid.amount_fen, paid.capital, paid.account) == (10 * WAN, "人民币壹拾万元整", "6222000000000001")
    assert [(step.who, step.on) for step in paid.steps] == [
        (f"测试{name}", money.today) for name in ("tra_staff", "fin1", "fin2")
    ]  # fmt: skip
    money.do("fin1", drawn, "reverse", reason="记错")
    assert _read_order(city, "fin1", drawn).state == "reversed"


def test_who_may_not_read_it_finds_nothing(city: City) -> None:
    """P86: what may not be read is missing, whatever its state; a project of others is not named."""
    money = Treasury.found(city)
    item = money.allocated(10 * WAN)
    paid = money.paid(item)
    for read, which in ((_read_allocation, item), (_read_order, paid), (_read_allocation, paid), (_read_order, item)):
        reader = "wea_staff" if which == (item if read is _read_allocation else paid) else "tra_staff"
        with pytest.raises(NotFoundError):
            read(city, reader, which)
    assert _read_allocation(city, "tra_staff", item).project is not None
    assert _read_allocation(city, "fin1", item).project is None


def _execute(city: City) -> Treasury:
    """Pay, spend, reserve and transfer in amounts whose ten thousands do not add up."""
    money = Treasury.found(city, 100 * WAN + 4_444)
    one = money.allocated(30 * WAN + 3_333, parts=(10 * WAN + 3_333, 20 * WAN))
    money.spent(money.paid(one, voucher="记7"), 4 * WAN)
    money.allocated(5 * WAN + 3_333, title="另一笔")
    money.submit(money.draft(money.project("另一项目"), 7 * WAN + 3_333))
    return money


def test_the_three_files_hold_what_the_database_holds(city: City) -> None:
    """Issue 8 no. 1: each figure, reckoned anew from the ledger's legs, stands in PDF, DOCX and XLSX."""
    money = _execute(city)
    with city.database.reading() as unit:
        into, out = (
            dict(unit.connection().execute(
                select(FundAccount.kind, func.sum(FundEntry.amount_fen))
                .join(FundAccount, FundAccount.id == side)
                .group_by(FundAccount.kind)
            ).all())
            for side in (FundEntry.to_account_id, FundEntry.from_account_id)
        )  # fmt: skip
    held = {kind: int(into.get(kind, 0)) - int(out.get(kind, 0)) for kind in into.keys() | out.keys()}
    paper = _read_execution(money, sight_of(city, "fin1"))
    assert paper.own_fen == -held["source"] == paper.budget_fen
    wanted = {
        "可用余额": held["uncommitted"], "申请占用": held["reserved"], "已下达未拨付": held["committed"],
        "本年净拨付": held["paid"] + held["spent"], "可用预算": -held["source"],
    }  # fmt: skip
    assert all(fen for fen in wanted.values())
    pdf = "".join(read_texts(build_execution_pdf(paper, "zh")))
    document = docx.Document(io.BytesIO(build_execution_docx(paper, "zh")))
    word = {row.cells[0].text: row.cells[1].text for table in document.tables[:2] for row in table.rows}
    book: Any = openpyxl.load_workbook(io.BytesIO(build_execution_xlsx(paper, "zh")))
    sheet = {row[0].value: row[1].value for name in ("可用预算", "资金去向") for row in book[name].iter_rows()}
    for label, fen in wanted.items():
        shown = f"{(fen + 5_000) // 10_000 / 100:,.2f}"
        assert f"{label}{shown}" in pdf, label
        assert word[label] == shown
        assert round(sheet[label] * WAN) == fen
    assert "因四舍五入" in pdf
    parts = paper.departments
    assert [say(one.department, "zh") for one in parts] == ["交通局"]
    own = parts[0]
    assert (own.reserved_fen, own.committed_fen, own.paid_fen, own.spent_fen) == (
        held["reserved"], held["committed"], held["paid"], held["spent"],
    )  # fmt: skip
    rows = list(book["按资金安排"].iter_rows(values_only=True))
    assert [round(row[4] * WAN) for row in rows[1:]] == [5 * WAN + 3_333, 30 * WAN + 3_333, 35 * WAN + 6_666]


def test_an_execution_report_shows_what_its_reader_sees(city: City) -> None:
    """P86: the fund's sums are for all, departments and allocations as far as somebody sees them."""
    money = _execute(city)
    whole = _read_execution(money, sight_of(city, "fin1"))
    own = _read_execution(money, sight_of(city, "tra_staff"))
    other = _read_execution(money, sight_of(city, "wea_staff"))
    assert (whole.has_all_departments, own.has_all_departments) == (True, False)
    assert len(whole.allocations) == len(own.allocations) == 2
    assert [line.project for line in whole.allocations] == [None, None]
    assert all(line.project for line in own.allocations)
    assert (other.departments, other.allocations) == ((), ())
    assert whole.budget_fen == own.budget_fen == other.budget_fen
    assert (whole.light, whole.yellow_behind_pct, whole.red_behind_pct) == (other.light, 10, 30)


@pytest.mark.parametrize("read", [_read_allocation, _read_order], ids=["allocation", "order"])
def test_a_constant_number_of_statements(city: City, read: Callable[[City, str, int], object]) -> None:
    """Rule: however many goals and instalments, the same number of reads."""
    money = Treasury.found(city)
    item = money.allocated(30 * WAN, parts=(10 * WAN, 10 * WAN, 10 * WAN))
    which = item if read is _read_allocation else money.paid(item)
    readers = readers_of(city, "tra_staff")
    function = read_allocation_paper if read is _read_allocation else read_order_paper
    with city.database.reading() as unit, count_statements(unit) as counted:
        function(unit.connection(), _setting(city), readers, which)
    assert counted[0] <= 5


def test_what_was_moved_since_shows_as_changed(city: City) -> None:
    """Rule: a transfer after the issue leaves the amount as it was issued, and the instalments as they are now."""
    money = Treasury.found(city)
    one, other = money.allocated(30 * WAN, parts=(10 * WAN, 20 * WAN)), money.allocated(5 * WAN, title="另一笔")
    money.do("tra_head", one, "propose_transfer", into=str(other), amount=yuan(2 * WAN), reason="节余")
    money.do("fin1", one, "approve_transfer")
    paper = _read_allocation(city, "tra_staff", one)
    assert (paper.amount_fen, sum(part.amount_fen for part in paper.instalments)) == (30 * WAN, 28 * WAN)
