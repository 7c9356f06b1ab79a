"""A department's own money: by fund, and the payments that it still has to account for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.engine import Connection

from app.models.allocation import Allocation, Disbursement
from app.models.fund import Fund, FundAccount, FundDepartment
from app.models.item import Item
from app.models.organisation import Department
from app.queries.fund.overview import DEPARTMENT_KINDS
from app.queries.item import is_readable

PAYMENTS_MAX = 50


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What stands where for one department in one fund's year: {one of DEPARTMENT_KINDS: fen}."""

    department_id: int
    department_name: str
    department_name_en: str | None
    fund_id: int
    fund_code: str
    fund_name: str
    fund_name_en: str | None
    currency: str
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OpenPayment:
    """A payment of which `held_fen` is neither spent with receipts nor returned."""

    item_id: int
    title: str
    department_id: int | None
    fund_id: int
    fund_name: str
    fund_name_en: str | None
    amount_fen: int
    held_fen: int
    voucher: str | None
    paid_on: date | None
    due_on: date | None


def list_own_parts(connection: Connection, department_ids: Sequence[int], year: int) -> tuple[OwnPart, ...]:
    """Return what stands where for departments in a year, fund by fund. One statement."""
    columns = [getattr(FundDepartment, f"{kind}_fen") for kind in DEPARTMENT_KINDS]
    rows: Any = connection.execute(
        select(
            Department.id, Department.name, Department.name_en, Fund.id, Fund.code, Fund.name, Fund.name_en,
            Fund.currency, *columns,
        )
        .select_from(FundDepartment)
        .join(Fund, Fund.id == FundDepartment.fund_id)
        .join(Department, Department.id == FundDepartment.department_id)
        .where(FundDepartment.department_id.in_(tuple(department_ids)), FundDepartment.year == year)
        .order_by(Department.sort_key, Department.id, Fund.code)
    )  # fmt: skip
    return tuple(OwnPart(*[*row[:-5], dict(zip(DEPARTMENT_KINDS, row[-5:], strict=True))]) for row in rows.all())


def list_open_payments(
    connection: Connection, readers: Sequence[str], department_ids: Sequence[int], *, limit: int = PAYMENTS_MAX
) -> tuple[OpenPayment, ...]:
    """Return payments to departments of which something is still to be accounted for, the oldest first."""
    own = Disbursement
    rows: Any = connection.execute(
        select(
            Item.id, Item.title, Item.owner_department_id, own.fund_id, Fund.name, Fund.name_en, own.amount_fen,
            FundAccount.balance_fen, own.voucher, own.paid_on, Item.due_on,
        )
        .join(own, own.item_id == Item.id)
        .join(Allocation, Allocation.item_id == Item.parent_id)
        .join(Fund, Fund.id == own.fund_id)
        .join(
            FundAccount,
            and_(
                FundAccount.fund_id == own.fund_id, FundAccount.year == Allocation.year, FundAccount.kind == "paid",
                FundAccount.holder_id == Item.id,
            ),
        )
        .where(
            Item.owner_department_id.in_(tuple(department_ids)),
            Item.kind == "disbursement",
            Item.state == "paid",
            FundAccount.balance_fen > 0,
            is_readable(readers),
        )
        .order_by(Item.id)
        .limit(limit)
    )  # fmt: skip
    return tuple(OpenPayment(*row) for row in rows.all())
