"""The money on an item's page: an allocation whole, a disbursement, and what a project got."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.edge.context import Context, Unit
from app.edge.reading import Reading
from app.pages.fund.figures import name_fund, name_unit
from app.pages.fund.rights import list_drafting, may_amend
from app.pages.items.item_row import name_department, name_number_of
from app.pages.show import say_label, show_amount
from app.pages.words import gettext as _
from app.policy.fund import find_sight
from app.queries.fund.allocation import AllocationDetail, Money, PaymentRow, SpendingRow, read_allocation, read_payment
from app.queries.fund.allocation_list import AllocationFilter, list_allocations
from app.queries.fund.paper import ORDER_STATES
from app.queries.item_detail import ItemDetail
from app.services.fund.standing import DROPPED, Standing, read_standing
from workflows.interpreter import Machine
from workflows.money.capital import write_document_amount
from workflows.money.grade import GRADE_LABELS, grade_score
from workflows.money.wording import CONTROL_LABELS, GOAL_LABELS

_BEFORE = ("draft", "returned", "submitted", "finance_review", "leadership_approval", "public_notice")
_OF_PROJECT = 20
Paper = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount with its label, in capitals where a document states them so; `address` leads to its postings."""

    label: str
    fen: int | None
    capital: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class TrancheView:
    """An instalment with what holds it, or the payment that drew it."""

    seq: int
    amount_fen: int
    milestone: str
    planned_on: Any
    text: str
    address: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment with its voucher and the way to its posting."""

    row: PaymentRow
    state: str
    address: str
    payee: str
    posting_address: str


@dataclass(frozen=True, slots=True)
class SpendingView:
    """A report of spending or of a return."""

    row: SpendingRow
    kind: str
    outcome: str
    tone: str
    posting_address: str


def make_money(unit: Unit, context: Context, read: Reading) -> dict[str, Any] | None:
    """Return the values of the money's panels; None for items that have nothing to do with money."""
    match read.item.row.kind:
        case "allocation":
            return _make_allocation(unit, context, read)
        case "disbursement":
            return _make_payment(unit, context, read)
        case "project":
            return _make_project(unit, context, read)
        case _:
            return None


def _make_allocation(unit: Unit, context: Context, read: Reading) -> dict[str, Any]:
    connection, actor, item_id = unit.connection(), read.actor, read.item.row.id
    found = read_allocation(connection, actor.readers, item_id)
    standing = read_standing(connection, item_id, context.today())
    sight = find_sight(actor, standing.fund_department_id)
    ledger = url_for("fund.show_ledger", fund_id=found.fund_id, year=found.year, allocation=item_id) if sight else ""
    machine = context.book.current_machine(connection, "disbursement")
    payments = [_view_payment(one, machine) for one in found.payments]
    return {
        "sort": "allocation",
        "fund": name_fund(found.fund_name, found.fund_name_en),
        "fund_address": url_for("fund.show_one", fund_id=found.fund_id, year=found.year),
        "ledger_address": ledger,
        "unit": name_unit(standing.currency),
        "figures": _list_figures(found, standing),
        "facts": list(_list_facts(found, standing)),
        "warning": _warn(found, standing),
        "edit_address": url_for("allocation.show_edit", item_id=item_id) if may_amend(actor, read.item) else "",
        "goals": [(say_label(GOAL_LABELS[one.kind]), one) for one in found.goals],
        "tranches": _list_tranches(standing, payments),
        "payments": payments,
        "spending": [_view_spending(one) for one in found.spending],
        "objections": found.objections,
        "transfers": [
            (one, url_for("item.show_item", item_id=one.other_id) if one.other_id else "", _tell_outcome(one.outcome))
            for one in found.transfers
        ],
        "grade": say_label(GRADE_LABELS[grade_score(found.score)]) if found.score is not None else "",
        "papers": list_papers(_("下达文件"), "fund_paper.show_allocation", item_id=item_id)
        if found.allocated_on else [],
        "own": found,
    }  # fmt: skip


def _list_figures(found: AllocationDetail, standing: Standing) -> list[Figure]:
    money, is_yuan = found.money, standing.currency == "CNY"

    def capital(fen: int | None) -> str:
        return write_document_amount(fen) if is_yuan and fen else ""

    figures = [Figure(_("申请"), found.requested_fen)]
    if found.minimum_fen is not None:
        figures.append(Figure(_("最低需要"), found.minimum_fen))
    is_allocated = found.allocated_on is not None
    figures.append(Figure(_("核定"), found.granted_fen, capital(found.granted_fen) if is_allocated else ""))
    if money.reserved_fen:
        figures.append(Figure(_("申请占用"), money.reserved_fen))
    if is_allocated:
        figures += [
            Figure(_("已下达未拨付"), money.committed_fen),
            Figure(_("净拨付"), money.net_paid_fen, capital(money.net_paid_fen)),
            Figure(_("待核销"), money.paid_fen),
            Figure(_("已核销支出"), money.spent_fen),
            Figure(_("退回"), money.returned_fen),
        ]
    return figures


def _list_facts(found: AllocationDetail, standing: Standing) -> Any:  # noqa: ANN401  # pairs of label and text
    yield _("年度"), str(found.year)
    if found.earmark:
        yield _("专用额度"), found.earmark
    if found.state in _BEFORE:
        free = _("%(fen)s%(unit)s", fen=show_amount(standing.free_fen), unit=_pad(standing.currency))
        yield _("资金可用余额"), free
        yield _("由谁决定"), _("领导小组") if standing.facts.leaders_decide else _("财政")
    if standing.rule is not None and found.state in _BEFORE:
        yield _("超出余额"), say_label(CONTROL_LABELS[standing.rule.control])
        notice = standing.rule.notice_workdays
        yield _("公示"), _("%(days)s个工作日", days=notice) if notice else _("不公示")
    yield _("用途"), found.purpose
    yield _("必要性"), found.need
    for label, value in ((_("依据"), found.basis), (_("特批"), found.exception_by_name)):
        if value:
            yield label, value
    if found.notice_from_on and found.notice_until_on:
        days = _("%(one)s至%(other)s", one=found.notice_from_on.isoformat(), other=found.notice_until_on.isoformat())
        yield _("公示期"), days
    if found.allocated_on:
        yield _("下达日期"), found.allocated_on.isoformat()
    if found.take_back_from_on:
        yield _("闲置预警"), _("%(day)s起可以收回", day=found.take_back_from_on.isoformat())


def _pad(currency: str) -> str:
    unit = name_unit(currency)
    return f" {unit}" if unit.isascii() else unit


def _warn(found: AllocationDetail, standing: Standing) -> str:
    """Return what is to be said while the balance does not cover what is asked for."""
    facts = standing.facts
    if found.state not in _BEFORE or not facts.is_short:
        return ""
    short = show_amount(facts.need_fen - facts.free_fen) + _pad(standing.currency)
    match facts.control:
        case "stop":
            return _("可用余额不足，还差%(short)s，现在不能提交或下达。", short=short)
        case "warn":
            return _("可用余额不足，还差%(short)s，须由规则指定的岗位特批。", short=short)
        case _:
            return _("可用余额不足，还差%(short)s；按规则可以办理，账上记为超出。", short=short)


def _list_tranches(standing: Standing, payments: list[PaymentView]) -> list[TrancheView]:
    drawn = {one.row.tranche_seq: one for one in payments if one.row.state not in DROPPED}
    coming = standing.next_tranche
    found = []
    for one in standing.tranches:
        payment, address = drawn.get(one.seq), ""
        if payment is not None:
            text, address = payment.state, payment.address
        elif one.is_drawn:
            text = _("已申请拨付")
        elif one.is_held:
            text = _("须先确认节点完成")
        elif coming is not None and one.seq == coming.seq:
            text = _("可以申请拨付") if standing.committed_fen else _("下达后可以申请")
        else:
            text = _("待前一期申请后")
        found.append(
            TrancheView(one.seq, one.amount_fen, one.milestone or "", one.planned_on, text, address, one.is_held)
        )
    return found


def _view_payment(one: PaymentRow, machine: Machine) -> PaymentView:
    posting = url_for("fund.show_posting", posting_id=one.posting_id) if one.posting_id else ""
    return PaymentView(one, say_label(machine.states[one.state].label), url_for("item.show_item", item_id=one.item_id),
                       name_department(one.payee_name, one.payee_name_en), posting)  # fmt: skip


def _view_spending(one: SpendingRow) -> SpendingView:
    kinds = {"spend": _("支出"), "return": _("退回结余")}
    posting = url_for("fund.show_posting", posting_id=one.posting_id) if one.posting_id else ""
    tones = {"accepted": "green", "refused": "red", None: "yellow"}
    outcomes = {"accepted": _("已核销"), "refused": _("未通过"), None: _("待审核")}
    return SpendingView(one, kinds[one.kind], outcomes[one.outcome], tones[one.outcome], posting)


def _tell_outcome(outcome: str | None) -> str:
    return {"made": _("已调剂"), "refused": _("未同意"), None: _("待批")}[outcome]


def _make_payment(unit: Unit, context: Context, read: Reading) -> dict[str, Any]:
    connection, item_id = unit.connection(), read.item.row.id
    found = read_payment(connection, read.actor.readers, item_id)
    machine = context.book.machine(connection, "disbursement", read.item.row.workflow_version)
    payment, money = found.payment, found.payment.money
    currency = read.item.currency or "CNY"
    number = name_number_of("allocation", found.allocation_number, found.allocation_id)
    return {
        "sort": "disbursement",
        "fund": name_fund(found.fund_name, found.fund_name_en),
        "fund_address": url_for("fund.show_one", fund_id=found.fund_id, year=found.year),
        "unit": name_unit(currency),
        "figures": [
            Figure(_("拨付金额"), payment.amount_fen,
                   write_document_amount(payment.amount_fen) if currency == "CNY" else ""),
            *(_list_paid(money) if payment.paid_on else ()),
        ],
        "allocation": _("%(number)s %(title)s", number=number, title=found.allocation_title),
        "allocation_address": url_for("item.show_item", item_id=found.allocation_id),
        "payment": _view_payment(payment, machine),
        "papers": list_papers(_("拨付单"), "fund_paper.show_order", item_id=item_id)
        if payment.order_number and payment.state in ORDER_STATES else [],
        "spending": [_view_spending(one) for one in found.spending],
    }  # fmt: skip


def list_papers(label: str, endpoint: str, endings: Sequence[str] = ("pdf", "docx"), **values: Any) -> list[Paper]:  # noqa: ANN401  # ids of an address
    """Return a document's name and address by ending, the name with the first one."""
    names = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel"}
    return [
        (_("%(label)s（%(ending)s）", label=label, ending=names[ending]), url_for(endpoint, ending=ending, **values))
        for ending in endings
    ]


def _list_paid(money: Money) -> tuple[Figure, ...]:
    return (
        Figure(_("待核销"), money.paid_fen),
        Figure(_("已核销支出"), money.spent_fen),
        Figure(_("退回"), money.returned_fen),
    )


def _make_project(unit: Unit, context: Context, read: Reading) -> dict[str, Any] | None:
    """Return what a project got, and the way to ask for more; None where there is neither."""
    item_id, row = read.item.row.id, read.item.row
    page = list_allocations(
        unit.connection(), read.actor.readers, AllocationFilter(project_id=item_id), limit=_OF_PROJECT
    )
    may_ask = row.closed_at is None and not is_archived(read.item) and bool(list_drafting(read.actor, read.item))
    if not page.items and not may_ask:
        return None
    machine = context.book.current_machine(unit.connection(), "allocation")
    return {
        "sort": "project",
        "ask_address": url_for("allocation.show_new", item_id=item_id) if may_ask else "",
        "all_address": url_for("allocation.list_all", project=item_id, view="all") if page.next_cursor else "",
        "rows": [
            (one, url_for("item.show_item", item_id=one.id), say_label(machine.states[one.state].label),
             name_department(one.department_name, one.department_name_en))
            for one in page.items
        ],
    }  # fmt: skip


def is_archived(item: ItemDetail) -> bool:
    """Whether an item stands in the archive, where nothing more is asked for."""
    return item.archive is not None and item.archive.is_archived
