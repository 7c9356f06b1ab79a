"""Fills the documents of special funds: an allocation as issued, a disbursement order, a fund's year.

Only what the reader may read is taken; a project that they may not read is left out of the papers of its allocations.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import ConflictError, NotFoundError, Sentence
from app.models.allocation import Allocation, AllocationGoal, AllocationTranche, Disbursement
from app.models.fund import Fund
from app.models.item import Item
from app.models.organisation import Department, Person
from app.models.record import History
from app.policy.fund import Sight
from app.queries.department import name_departments
from app.queries.fund.allocation_list import LIMIT_MAX, AllocationFilter, AllocationRow, list_allocations
from app.queries.fund.overview import FundRow, list_departments_of
from app.queries.item import is_readable
from reports.fund.inputs import (
    AllocationLine,
    AllocationPaper,
    ExecutionPaper,
    Goal,
    Instalment,
    OrderPaper,
    OrderState,
    OrderStep,
    PartLine,
)
from reports.wording import Text, Words
from workflows.money.capital import write_document_amount
from workflows.money.execution import RED_BEHIND, YELLOW_BEHIND
from workflows.money.wording import GOAL_LABELS

#: Words for a state, by the version of the workflow and the state's code.
NameState = Callable[[int, str], Any]
#: Allocations that one execution report lists.
ALLOCATIONS_MAX = 1000
_NOT_ISSUED = Sentence(
    "资金尚未下达，没有下达文件。", "The money is not allocated yet: there is no allocation document."
)
_NO_ORDER = Sentence(
    "拨付尚未审核通过或已经退回、取消，没有拨付单。",
    "The payment is not checked, or was returned or cancelled: there is no disbursement order.",
)
_ISSUED = ("allocated", "settled", "closed")
#: The states of a disbursement that has an order, with what the order then is.
ORDER_STATES: dict[str, OrderState] = {
    "checked": "checked", "paid": "paid", "settled": "paid", "reversed": "reversed",
}  # fmt: skip
#: The step that dates the order in its state.
_DATED_BY = {"checked": "check", "paid": "pay", "reversed": "reverse"}
_STEPS = (
    (("create", "submit"), Text("申请", "Asked by")), (("check",), Text("审核", "Checked by")),
    (("pay",), Text("支付", "Paid by")), (("reverse",), Text("冲销", "Reversed by")),
)  # fmt: skip
_Project, _Above, _Keeping = aliased(Item), aliased(Item), aliased(Department)


@dataclass(frozen=True, slots=True)
class PaperSetting:
    """In which city and zone papers are made; `office` gets a copy of every allocation."""

    city: Text
    office: Text
    zone: ZoneInfo


class _Names:
    """What departments were called on a day; in English their present name."""

    def __init__(
        self, connection: Connection, on: date, rows: Iterable[tuple[int | None, str | None, str | None]]
    ) -> None:
        self._rows = {number: (name, name_en) for number, name, name_en in rows if number is not None and name}
        self._then = name_departments(connection, self._rows, on)

    def say(self, department_id: int | None) -> Text | None:
        """Return a department's name of that day."""
        if department_id is None or department_id not in self._rows:
            return None
        name, name_en = self._rows[department_id]
        then = self._then.get(department_id, name or "")
        return Text(then, name_en or then)


def read_allocation_paper(
    connection: Connection, setting: PaperSetting, readers: Sequence[str], item_id: int
) -> AllocationPaper:
    """Return an allocation as it was issued; NotFoundError when none of `readers` may read it.

    ConflictError (`not_allocated`) before it is.
    """
    own = Allocation
    row: Any = connection.execute(
        select(
            Item.number, Item.title, Item.owner_department_id, Department.name, Department.name_en, own.granted_fen,
            own.purpose, own.basis, own.allocated_on, Fund.name.label("fund"),
            Fund.name_en.label("fund_en"), Fund.code, Fund.currency, Fund.source_document,
            Fund.department_id.label("keeping_id"), _Keeping.name.label("keeping"),
            _Keeping.name_en.label("keeping_en"), _Project.title.label("project"),
            is_readable(readers, _Project.id).label("sees_project"),
        )
        .join(own, own.item_id == Item.id)
        .join(Fund, Fund.id == own.fund_id)
        .join(_Keeping, _Keeping.id == Fund.department_id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .outerjoin(_Project, _Project.id == Item.parent_id)
        .where(Item.id == item_id, is_readable(readers))
    ).first()  # fmt: skip
    if row is None:
        raise NotFoundError
    if row.allocated_on is None or row.granted_fen is None:
        raise ConflictError("not_allocated", _NOT_ISSUED)
    names = _Names(
        connection, row.allocated_on,
        [(row.owner_department_id, row.name, row.name_en), (row.keeping_id, row.keeping, row.keeping_en)],
    )  # fmt: skip
    issuer = _place(names.say(row.keeping_id) or Text("", ""), setting.city)
    return AllocationPaper(
        mark=Text(f"{issuer.zh}文件", issuer.en),
        issuer=issuer,
        number=row.number or "",
        recipient=names.say(row.owner_department_id) or Text("", ""),
        fund=_pair(row.fund, row.fund_en),
        fund_code=row.code,
        year=row.allocated_on.year,
        title=row.title,
        project=row.project if row.sees_project else None,
        amount_fen=row.granted_fen,
        currency=row.currency,
        capital=_write_capital(row.granted_fen, row.currency),
        purpose=row.purpose,
        goals=_list_goals(connection, item_id),
        instalments=_list_instalments(connection, item_id),
        basis=tuple(dict.fromkeys(filter(None, (row.basis, row.source_document)))),
        allocated_on=row.allocated_on,
        made_at=_find_issue(connection, item_id).astimezone(setting.zone),
        identifier=f"allocation:{item_id}",
        copies_to=(setting.office,),
    )


def _find_issue(connection: Connection, item_id: int) -> datetime:
    """Return when an allocation was allocated first."""
    statement = select(History.recorded_at).where(History.item_id == item_id, History.to_state == "allocated")
    at: datetime = connection.execute(statement.order_by(History.seq).limit(1)).scalar_one()
    return at


def _list_goals(connection: Connection, item_id: int) -> tuple[Goal, ...]:
    own = AllocationGoal
    rows = connection.execute(
        select(own.kind, own.indicator, own.target).where(own.item_id == item_id).order_by(own.seq)
    )
    return tuple(Goal(_own(GOAL_LABELS[kind]), indicator, target) for kind, indicator, target in rows.all())


def _list_instalments(connection: Connection, item_id: int) -> tuple[Instalment, ...]:
    own = AllocationTranche
    rows = connection.execute(
        select(own.seq, own.amount_fen, own.milestone, own.planned_on).where(own.item_id == item_id).order_by(own.seq)
    )
    return tuple(Instalment(seq, fen, milestone or "", day) for seq, fen, milestone, day in rows.all())


def read_order_paper(connection: Connection, setting: PaperSetting, readers: Sequence[str], item_id: int) -> OrderPaper:
    """Return a disbursement order; NotFoundError when none of `readers` may read the disbursement.

    ConflictError (`no_order`) unless it is checked, paid, accounted for or reversed.
    """
    row: Any = connection.execute(_select_order(readers, item_id)).first()
    if row is None:
        raise NotFoundError
    state = ORDER_STATES.get(row.state)
    if state is None or row.order_number is None:
        raise ConflictError("no_order", _NO_ORDER)
    taken = _list_taken(connection, item_id)
    made_at = taken[_DATED_BY[state]].recorded_at.astimezone(setting.zone)
    names = _Names(
        connection, made_at.date(),
        [(row.payee_department_id, row.name, row.name_en), (row.keeping_id, row.keeping, row.keeping_en),
         *((one.department_id, one.unit, one.unit_en) for one in taken.values())],
    )  # fmt: skip
    return OrderPaper(
        issuer=_place(names.say(row.keeping_id) or Text("", ""), setting.city),
        number=row.order_number,
        state=state,
        payee=names.say(row.payee_department_id) or Text("", ""),
        account=row.account,
        bank=row.bank,
        amount_fen=row.amount_fen,
        currency=row.currency,
        capital=_write_capital(row.amount_fen, row.currency),
        fund=_pair(row.fund, row.fund_en),
        fund_code=row.code,
        year=row.year if row.paid_on is None else row.paid_on.year,
        allocation=row.title,
        allocation_number=row.number or "",
        instalment=row.tranche_seq,
        contract=row.contract or "",
        steps=_make_steps(taken, names, setting.zone),
        made_at=made_at,
        identifier=f"order:{item_id}:{state}",
        milestone=row.milestone or "",
        project=row.project if row.sees_project else None,
        voucher=row.voucher or "",
        paid_on=row.paid_on,
    )


def _select_order(readers: Sequence[str], item_id: int) -> Select[*tuple[Any, ...]]:
    own = Disbursement
    return (
        select(
            Item.state, own.order_number, own.account, own.bank, own.amount_fen, own.contract, own.tranche_seq,
            own.voucher, own.paid_on, own.payee_department_id, Department.name, Department.name_en, Allocation.year,
            AllocationTranche.milestone, _Above.title, _Above.number, _Project.title.label("project"),
            is_readable(readers, _Project.id).label("sees_project"), Fund.name.label("fund"),
            Fund.name_en.label("fund_en"), Fund.code, Fund.currency, Fund.department_id.label("keeping_id"),
            _Keeping.name.label("keeping"), _Keeping.name_en.label("keeping_en"),
        )
        .join(own, own.item_id == Item.id)
        .join(_Above, _Above.id == Item.parent_id)
        .join(Allocation, Allocation.item_id == _Above.id)
        .outerjoin(
            AllocationTranche,
            (AllocationTranche.item_id == _Above.id) & (AllocationTranche.seq == own.tranche_seq),
        )
        .outerjoin(_Project, _Project.id == _Above.parent_id)
        .join(Fund, Fund.id == own.fund_id)
        .join(_Keeping, _Keeping.id == Fund.department_id)
        .join(Department, Department.id == own.payee_department_id)
        .where(Item.id == item_id, is_readable(readers))
    )  # fmt: skip


def _list_taken(connection: Connection, item_id: int) -> dict[str, Any]:
    """Return the last time that each step was taken, by its action."""
    behalf = aliased(Person)
    rows: Any = connection.execute(
        select(
            History.action, History.recorded_at, Person.name.label("who"), behalf.name.label("behalf"),
            History.acting_department_id.label("department_id"), Department.name.label("unit"),
            Department.name_en.label("unit_en"),
        )
        .join(Person, Person.id == History.actor_id)
        .outerjoin(behalf, behalf.id == History.on_behalf_of)
        .outerjoin(Department, Department.id == History.acting_department_id)
        .where(
            History.item_id == item_id, History.action.in_([action for actions, _ in _STEPS for action in actions])
        )
        .order_by(History.seq)
    )  # fmt: skip
    return {row.action: row for row in rows}


def _make_steps(taken: dict[str, Any], names: _Names, zone: ZoneInfo) -> tuple[OrderStep, ...]:
    found = []
    for actions, label in _STEPS:
        rows = [taken[action] for action in actions if action in taken]
        if rows:
            row = max(rows, key=lambda one: one.recorded_at)
            who = f"{row.who}（代{row.behalf}）" if row.behalf else row.who
            found.append(
                OrderStep(label, who, names.say(row.department_id), row.recorded_at.astimezone(zone).date())
            )  # fmt: skip
    return tuple(found)


def read_execution_paper(
    connection: Connection, setting: PaperSetting, sight: Sight, fund: FundRow, now: datetime, name_state: NameState
) -> ExecutionPaper:
    """Return how a fund's year (`fund.figures`) is executed: sums for all, departments and allocations by `sight`.

    `name_state` gives the words for a state of a version of the allocations' workflow.
    """
    figures, made_at = fund.figures, now.astimezone(setting.zone)
    judged, amounts = figures.judge(made_at.date()), figures.amounts
    parts = list_departments_of(connection, fund.id, figures.year, sight.department_ids)
    rows = _collect(connection, sight.readers, fund.id, figures.year)
    closed_at = figures.closed_at
    return ExecutionPaper(
        issuer=_place(_pair(fund.department_name, fund.department_name_en), setting.city),
        fund=_pair(fund.name, fund.name_en),
        fund_code=fund.code,
        currency=fund.currency,
        year=figures.year,
        closed_on=None if closed_at is None else closed_at.astimezone(setting.zone).date(),
        own_fen=figures.own_fen,
        carried_fen=figures.carried_in_fen - figures.paid_before_fen,
        free_fen=amounts["uncommitted"],
        reserved_fen=amounts["reserved"],
        committed_fen=amounts["committed"],
        net_paid_fen=figures.net_paid_fen,
        returned_fen=amounts["returned"],
        rate_pct=judged.rate_pct,
        elapsed_pct=judged.elapsed_pct,
        behind_pct=judged.behind_pct,
        light=judged.light,
        yellow_behind_pct=YELLOW_BEHIND,
        red_behind_pct=RED_BEHIND,
        departments=tuple(
            PartLine(_pair(one.name, one.name_en), *(one.amounts[kind] for kind in
                     ("reserved", "committed", "paid", "spent", "returned")))
            for one in parts if any(one.amounts.values())
        ),
        has_all_departments=sight.sees_all,
        allocations=tuple(_make_line(row, name_state) for row in rows[:ALLOCATIONS_MAX]),
        has_more=len(rows) > ALLOCATIONS_MAX,
        made_at=made_at,
        identifier=f"execution:{fund.id}:{figures.year}",
    )  # fmt: skip


def _collect(connection: Connection, readers: Sequence[str], fund_id: int, year: int) -> list[AllocationRow]:
    found: list[AllocationRow] = []
    cursor: str | None = None
    wanted = AllocationFilter(fund_id=fund_id, year=year, states=_ISSUED)
    while len(found) <= ALLOCATIONS_MAX:
        page = list_allocations(connection, readers, wanted, limit=LIMIT_MAX, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def _make_line(row: AllocationRow, name_state: NameState) -> AllocationLine:
    unit = None if row.department_name is None else _pair(row.department_name, row.department_name_en)
    state = _own(name_state(row.workflow_version, row.state))
    return AllocationLine(row.number or "", row.title, row.project_title, unit, state, row.granted_fen,
                          row.committed_fen, row.paid_fen)  # fmt: skip


def _pair(zh: str, en: str | None) -> Text:
    return Text(zh, en or zh)


def _own(words: Any) -> Words:  # noqa: ANN401  # a text of the rules
    return Text(words.zh, words.en)


def _place(unit: Text, city: Text) -> Text:
    """Return a department's name with its city before it: 市财政局 of 云州市 is 云州市财政局."""
    if unit.zh.startswith(city.zh):
        zh = unit.zh
    elif unit.zh[:1] == city.zh[-1:]:
        zh = city.zh + unit.zh[1:]
    else:
        zh = city.zh + unit.zh
    return Text(zh, unit.en if city.en in unit.en else f"{unit.en}, {city.en}")


def _write_capital(fen: int, currency: str) -> str:
    return write_document_amount(fen) if currency == "CNY" else ""
