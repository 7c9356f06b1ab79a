"""Payment orders: checked disbursements that wait to be paid, and the ones that a paid list names by their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.allocation import Disbursement
from app.models.fund import Fund
from app.models.item import Item
from app.models.organisation import Department
from app.queries.item import is_readable

#: Orders that one file or page takes; the oldest first.
ORDERS_MAX = 500
_IN_BATCHES = 200


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A payment order with all that a bank needs; `voucher` and `paid_on` once it is paid. In fen."""

    item_id: int
    version: int
    state: str
    title: str
    order_number: str | None
    payee: str
    payee_en: str | None
    account: str
    bank: str
    amount_fen: int
    purpose: str
    contract: str | None
    voucher: str | None
    paid_on: date | None
    fund_id: int
    fund_code: str
    fund_name: str
    fund_name_en: str | None
    currency: str
    allocation_number: str | None
    tranche_seq: int


_Above = aliased(Item, name="above")


def _select(readers: Sequence[str], department_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    own = Disbursement
    return (
        select(
            Item.id, Item.version, Item.state, Item.title, own.order_number, Department.name, Department.name_en,
            own.account, own.bank, own.amount_fen, _Above.title, own.contract, own.voucher, own.paid_on, Fund.id,
            Fund.code, Fund.name, Fund.name_en, Fund.currency, _Above.number, own.tranche_seq,
        )
        .join(own, own.item_id == Item.id)
        .join(_Above, _Above.id == Item.parent_id)
        .join(Fund, Fund.id == own.fund_id)
        .join(Department, Department.id == own.payee_department_id)
        .where(Fund.department_id.in_(tuple(department_ids)), is_readable(readers))
        .order_by(Item.id)
    )  # fmt: skip


def list_orders(
    connection: Connection, readers: Sequence[str], department_ids: Sequence[int], *, fund_id: int | None = None,
    item_ids: Sequence[int] | None = None,
) -> tuple[OrderRow, ...]:  # fmt: skip
    """Return the orders to be paid from funds that `department_ids` manage, the oldest first, ORDERS_MAX at most.

    `item_ids` names some of them; what is no order to be paid, or not for `readers`, is left out.
    """
    statement = _select(readers, department_ids).where(Item.state == "checked").limit(ORDERS_MAX)
    if fund_id is not None:
        statement = statement.where(Disbursement.fund_id == fund_id)
    if item_ids is not None:
        statement = statement.where(Item.id.in_(tuple(item_ids)))
    found: Any = connection.execute(statement)
    return tuple(OrderRow(*row) for row in found)


def find_orders(
    connection: Connection, readers: Sequence[str], department_ids: Sequence[int], numbers: Sequence[str]
) -> dict[str, OrderRow]:
    """Return the orders with these numbers, whatever their state, by number."""
    found: dict[str, OrderRow] = {}
    wanted = sorted(set(numbers))
    for first in range(0, len(wanted), _IN_BATCHES):
        part = wanted[first : first + _IN_BATCHES]
        rows: Any = connection.execute(
            _select(readers, department_ids).where(Disbursement.order_number.in_(part))
        )  # fmt: skip
        found |= {row.order_number: OrderRow(*row) for row in rows}
    return found
