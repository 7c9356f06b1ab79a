"""An allocation's and a disbursement's money: what was asked, granted, paid and accounted for, with its papers.

All amounts are whole fen; what stands where comes from the accounts' balances, over all years that the money went
through. Read only for whoever may read the item; items beside it that the reader may not read have no title. What is
free, which rule holds and the instalments are told by `app.services.fund.standing`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.allocation import (
    Allocation,
    AllocationGoal,
    AllocationObjection,
    AllocationTransfer,
    Disbursement,
    Spending,
)
from app.models.fund import Fund, FundAccount, FundEarmark, FundPosting
from app.models.item import Item
from app.models.organisation import Department, Person
from app.queries.item import is_readable

HELD_KINDS = ("reserved", "committed", "paid", "spent", "returned")


@dataclass(frozen=True, slots=True)
class Money:
    """What stands where, over all years."""

    reserved_fen: int = 0
    committed_fen: int = 0
    paid_fen: int = 0
    spent_fen: int = 0
    returned_fen: int = 0

    @property
    def net_paid_fen(self) -> int:
        """What was paid and not returned."""
        return self.paid_fen + self.spent_fen

    @property
    def drawn_fen(self) -> int:
        """All that was paid, what came back included."""
        return self.paid_fen + self.spent_fen + self.returned_fen


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A performance goal with what was reached."""

    seq: int
    kind: str
    indicator: str
    target: str
    result: str | None


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """An objection of the public notice with its answer."""

    id: int
    said_by: str
    text: str
    recorded_at: datetime
    recorded_by_name: str
    answer: str | None
    answered_at: datetime | None
    answered_by_name: str | None


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer out of (`is_out`) or into the allocation; `outcome` None while it is decided.

    `other_id` and `other_title` are None when the reader may not read the other allocation.
    """

    id: int
    is_out: bool
    other_id: int | None
    other_title: str | None
    amount_fen: int
    reason: str | None
    proposed_by_name: str
    proposed_at: datetime
    outcome: str | None
    decided_by_name: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A disbursement with what stands on it; `account` is the payee's bank account, `posting_id` its payment's."""

    item_id: int
    title: str
    state: str
    workflow_version: int
    tranche_seq: int
    amount_fen: int
    payee_department_id: int
    payee_name: str
    payee_name_en: str | None
    account: str
    bank: str
    contract: str | None
    order_number: str | None
    voucher: str | None
    paid_on: date | None
    posting_id: int | None
    money: Money


@dataclass(frozen=True, slots=True)
class SpendingRow:
    """A report of spending or of a return; `outcome` None until finance decides; `posting_id` once it is posted."""

    id: int
    item_id: int
    kind: str
    amount_fen: int
    on_day: date
    voucher: str
    text: str
    receipts: str | None
    filed_by_name: str
    filed_at: datetime
    outcome: str | None
    decided_by_name: str | None
    decided_at: datetime | None
    posting_id: int | None


@dataclass(frozen=True, slots=True)
class AllocationDetail:
    """An allocation's money; `money` is what stands where over all years."""

    item_id: int
    state: str
    fund_id: int
    fund_code: str
    fund_name: str
    fund_name_en: str | None
    first_year: int
    year: int
    earmark_id: int | None
    earmark: str | None
    purpose: str
    need: str
    requested_fen: int
    minimum_fen: int | None
    granted_fen: int | None
    basis: str | None
    notice_from_on: date | None
    notice_until_on: date | None
    allocated_on: date | None
    idle_warned_on: date | None
    take_back_from_on: date | None
    exception_by_name: str | None
    results: str | None
    score: int | None
    assessment: str | None
    money: Money
    goals: tuple[GoalRow, ...]
    objections: tuple[ObjectionRow, ...]
    transfers: tuple[TransferRow, ...]
    payments: tuple[PaymentRow, ...]
    spending: tuple[SpendingRow, ...]


@dataclass(frozen=True, slots=True)
class PaymentDetail:
    """A disbursement, the allocation that it draws on, and what was reported of its money."""

    payment: PaymentRow
    allocation_id: int
    allocation_title: str
    allocation_number: str | None
    fund_id: int
    fund_name: str
    fund_name_en: str | None
    year: int
    spending: tuple[SpendingRow, ...]


#: The posting of a payment; one at most.
_PAID_BY = (
    select(FundPosting.id)
    .where(FundPosting.item_id == Item.id, FundPosting.operation == "pay")
    .limit(1)
    .scalar_subquery()
)
_Exception, _Answering, _Deciding, _Other = aliased(Person), aliased(Person), aliased(Person), aliased(Item)


def read_allocation(connection: Connection, readers: Sequence[str], item_id: int) -> AllocationDetail:
    """Return an allocation's money; NotFoundError when none of `readers` may read it. A constant number of reads."""
    own = Allocation
    row: Any = connection.execute(
        select(
            own.item_id, Item.state, own.fund_id, Fund.code, Fund.name, Fund.name_en, own.first_year, own.year,
            own.earmark_id, FundEarmark.name, own.purpose, own.need, own.requested_fen, own.minimum_fen,
            own.granted_fen, own.basis, own.notice_from_on, own.notice_until_on, own.allocated_on, own.idle_warned_on,
            own.take_back_from_on, _Exception.name, own.results, own.score, own.assessment,
        )
        .join(Item, Item.id == own.item_id)
        .join(Fund, Fund.id == own.fund_id)
        .outerjoin(FundEarmark, FundEarmark.id == own.earmark_id)
        .outerjoin(_Exception, _Exception.id == own.exception_by)
        .where(own.item_id == item_id, is_readable(readers))
    ).first()  # fmt: skip
    if row is None:
        raise NotFoundError
    held = _read_money(connection, item_id)
    payments = _list_payments(connection, readers, Item.parent_id == item_id, held)
    parts = (
        _sum(held.values()), _list_goals(connection, item_id), _list_objections(connection, item_id),
        _list_transfers(connection, readers, item_id), payments,
        _list_spending(connection, [one.item_id for one in payments]),
    )  # fmt: skip
    return AllocationDetail(*[*row, *parts])


def read_payment(connection: Connection, readers: Sequence[str], item_id: int) -> PaymentDetail:
    """Return a disbursement's money; NotFoundError when none of `readers` may read it."""
    above = aliased(Item)
    row: Any = connection.execute(
        select(above.id, above.title, above.number, Fund.id, Fund.name, Fund.name_en, Allocation.year)
        .select_from(Item)
        .join(above, above.id == Item.parent_id)
        .join(Allocation, Allocation.item_id == above.id)
        .join(Fund, Fund.id == Allocation.fund_id)
        .where(Item.id == item_id, Item.kind == "disbursement", is_readable(readers))
    ).first()
    if row is None:
        raise NotFoundError
    held = _read_money(connection, row.id)
    payment = _list_payments(connection, readers, Item.id == item_id, held)[0]
    return PaymentDetail(*[payment, *row, _list_spending(connection, [item_id])])


def _read_money(connection: Connection, allocation_id: int) -> dict[int, dict[str, int]]:
    """Return what stands on an allocation's accounts: {its id or a disbursement's: {kind: fen}}."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(HELD_KINDS, 0))
    rows = connection.execute(
        select(FundAccount.holder_id, FundAccount.kind, FundAccount.balance_fen).where(
            FundAccount.allocation_id == allocation_id
        )
    )
    for holder_id, kind, fen in rows.all():
        found[holder_id][kind] += fen
    return found


def _sum(held: Any) -> Money:  # noqa: ANN401  # amounts by kind
    total = dict.fromkeys(HELD_KINDS, 0)
    for own in held:
        for kind, fen in own.items():
            total[kind] += fen
    return _money(total)


def _money(own: Mapping[str, int]) -> Money:
    return Money(*(own[kind] for kind in HELD_KINDS))


def _list_goals(connection: Connection, item_id: int) -> tuple[GoalRow, ...]:
    own = AllocationGoal
    rows = connection.execute(
        select(own.seq, own.kind, own.indicator, own.target, own.result).where(own.item_id == item_id).order_by(own.seq)
    )
    return tuple(GoalRow(*row) for row in rows.all())


def _list_objections(connection: Connection, item_id: int) -> tuple[ObjectionRow, ...]:
    own = AllocationObjection
    rows = connection.execute(
        select(own.id, own.said_by, own.text, own.recorded_at, Person.name, own.answer, own.answered_at,
               _Answering.name)
        .join(Person, Person.id == own.recorded_by)
        .outerjoin(_Answering, _Answering.id == own.answered_by)
        .where(own.item_id == item_id)
        .order_by(own.id)
    )  # fmt: skip
    return tuple(ObjectionRow(*row) for row in rows.all())


def _list_transfers(connection: Connection, readers: Sequence[str], item_id: int) -> tuple[TransferRow, ...]:
    own = AllocationTransfer
    is_out = own.from_item_id == item_id
    rows: Any = connection.execute(
        select(own.id, is_out, _Other.id, _Other.title, own.amount_fen, own.reason, Person.name, own.proposed_at,
               own.outcome, _Deciding.name, own.decided_at, is_readable(readers, _Other.id))
        .join(Person, Person.id == own.proposed_by)
        .outerjoin(_Deciding, _Deciding.id == own.decided_by)
        .join(_Other, or_(
            and_(own.from_item_id == item_id, _Other.id == own.to_item_id),
            and_(own.to_item_id == item_id, _Other.id == own.from_item_id),
        ))
        .where(or_(is_out, own.to_item_id == item_id))
        .order_by(own.id)
    )  # fmt: skip
    found = []
    for id_, out, other_id, title, fen, reason, *rest, is_read in rows.all():
        # The reason is the other allocation's text where the money came from there.
        shown = (other_id, title, fen, reason) if is_read else (None, None, fen, reason if out else None)
        found.append(TransferRow(id_, bool(out), *shown, *rest))
    return tuple(found)


def _list_payments(
    connection: Connection, readers: Sequence[str], which: Any, held: Mapping[int, Mapping[str, int]]  # noqa: ANN401  # a condition
) -> tuple[PaymentRow, ...]:  # fmt: skip
    own = Disbursement
    rows: Any = connection.execute(
        select(Item.id, Item.title, Item.state, Item.workflow_version, own.tranche_seq, own.amount_fen,
               own.payee_department_id, Department.name, Department.name_en, own.account, own.bank, own.contract,
               own.order_number, own.voucher, own.paid_on, _PAID_BY)
        .join(own, own.item_id == Item.id)
        .join(Department, Department.id == own.payee_department_id)
        .where(which, is_readable(readers))
        .order_by(Item.id)
    )  # fmt: skip
    nothing = dict.fromkeys(HELD_KINDS, 0)
    return tuple(PaymentRow(*[*row, _money(held.get(row[0], nothing))]) for row in rows.all())


def _list_spending(connection: Connection, item_ids: Sequence[int]) -> tuple[SpendingRow, ...]:
    own = Spending
    rows: Any = connection.execute(
        select(own.id, own.item_id, own.kind, own.amount_fen, own.on_day, own.voucher, own.text, own.receipts,
               Person.name, own.filed_at, own.outcome, _Deciding.name, own.decided_at, own.posting_id)
        .join(Person, Person.id == own.filed_by)
        .outerjoin(_Deciding, _Deciding.id == own.decided_by)
        .where(own.item_id.in_(tuple(item_ids)))
        .order_by(own.id)
    )  # fmt: skip
    return tuple(SpendingRow(*row) for row in rows.all())
