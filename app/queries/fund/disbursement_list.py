"""Lists of disbursements with their money, page by page, as far as the reader may read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.allocation import Allocation, Disbursement
from app.models.fund import Fund, FundAccount
from app.models.item import Item
from app.models.organisation import Department
from app.queries.item import is_readable
from app.queries.listing.newest import read_newest

LIMIT_MAX = 200
_SORT = "disbursement"


@dataclass(frozen=True, slots=True)
class DisbursementRow:
    """A disbursement as a list shows it, in fen; what stands where is over all years. `account` is the payee's."""

    id: int
    number: str | None
    title: str
    state: str
    workflow_version: int
    version: int
    due_on: date | None
    department_id: int | None
    payee_id: int
    payee_name: str
    payee_name_en: str | None
    allocation_id: int
    allocation_number: str | None
    allocation_title: str
    project_id: int | None
    fund_id: int
    fund_code: str
    fund_name: str
    fund_name_en: str | None
    currency: str
    year: int
    tranche_seq: int
    amount_fen: int
    account: str
    bank: str
    contract: str | None
    order_number: str | None
    voucher: str | None
    paid_on: date | None
    held_fen: int
    spent_fen: int
    returned_fen: int


@dataclass(frozen=True, slots=True)
class DisbursementFilter:
    """What a list shows; None or empty does not restrict."""

    fund_id: int | None = None
    year: int | None = None
    states: tuple[str, ...] = ()
    department_ids: tuple[int, ...] = ()
    project_id: int | None = None
    allocation_id: int | None = None


@dataclass(frozen=True, slots=True)
class DisbursementPage:
    """One page, the last asked for first, and the cursor behind it; None on the last one."""

    items: tuple[DisbursementRow, ...]
    next_cursor: str | None


_Above = aliased(Item, name="above")


def _held(kind: str) -> Any:  # noqa: ANN401  # an SQL expression
    # PostgreSQL adds up to NUMERIC; fen are whole numbers everywhere.
    own = select(cast(func.coalesce(func.sum(FundAccount.balance_fen), 0), BigInteger)).where(
        FundAccount.allocation_id == _Above.id, FundAccount.holder_id == Item.id, FundAccount.kind == kind
    )
    return own.scalar_subquery()


def _select(readers: Sequence[str]) -> Select[*tuple[Any, ...]]:
    own, project = Disbursement, aliased(Item, name="project")
    return (
        select(
            Item.id, Item.number, Item.title, Item.state, Item.workflow_version, Item.version, Item.due_on,
            Item.owner_department_id, own.payee_department_id, Department.name, Department.name_en, _Above.id,
            _Above.number, _Above.title, project.id, own.fund_id, Fund.code, Fund.name, Fund.name_en, Fund.currency,
            Allocation.year, own.tranche_seq, own.amount_fen, own.account, own.bank, own.contract, own.order_number,
            own.voucher, own.paid_on, _held("paid"), _held("spent"), _held("returned"),
        )
        .join(own, own.item_id == Item.id)
        .join(_Above, _Above.id == Item.parent_id)
        .join(Allocation, Allocation.item_id == _Above.id)
        .join(Fund, Fund.id == own.fund_id)
        .join(Department, Department.id == own.payee_department_id)
        .outerjoin(project, (project.id == _Above.parent_id) & is_readable(readers, project.id))
        .where(is_readable(readers))
    )  # fmt: skip


def list_disbursements(
    connection: Connection, readers: Sequence[str], wanted: DisbursementFilter, *, limit: int = 50,
    cursor: str | None = None,
) -> DisbursementPage:  # fmt: skip
    """Return one page of what `readers` may read; one statement. InvalidError for a broken cursor."""
    statement = _select(readers)
    if wanted.fund_id is not None:
        statement = statement.where(Disbursement.fund_id == wanted.fund_id)
    if wanted.year is not None:
        statement = statement.where(Allocation.year == wanted.year)
    if wanted.states:
        statement = statement.where(Item.state.in_(wanted.states))
    if wanted.department_ids:
        statement = statement.where(Item.owner_department_id.in_(wanted.department_ids))
    if wanted.project_id is not None:
        statement = statement.where(_Above.parent_id == wanted.project_id)
    if wanted.allocation_id is not None:
        statement = statement.where(_Above.id == wanted.allocation_id)
    rows, more = read_newest(connection, statement, Item.id, sort=_SORT, limit=limit, cursor=cursor)
    return DisbursementPage(tuple(DisbursementRow(*row) for row in rows), more)
