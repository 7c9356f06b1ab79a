"""Lists of allocations with their amounts, page by page, without totals, as far as the reader may read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.allocation import Allocation
from app.models.fund import Fund, FundAccount
from app.models.item import Item
from app.models.organisation import Department
from app.queries.item import is_readable
from app.queries.listing.newest import read_newest

LIMIT_MAX = 200
_SORT = "allocation"


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """An allocation as a list shows it, in fen; `paid_fen` is net of returns, over all years."""

    id: int
    number: str | None
    title: str
    state: str
    workflow_version: int
    version: int
    due_on: date | None
    is_open: bool
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    project_id: int | None
    project_number: str | None
    project_title: str | None
    fund_id: int
    fund_code: str
    fund_name: str
    fund_name_en: str | None
    currency: str
    year: int
    earmark_id: int | None
    requested_fen: int
    minimum_fen: int | None
    granted_fen: int | None
    score: int | None
    committed_fen: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class AllocationFilter:
    """What a list shows; None or empty does not restrict. `is_open` None: open and closed ones."""

    fund_id: int | None = None
    year: int | None = None
    states: tuple[str, ...] = ()
    department_ids: tuple[int, ...] = ()
    project_id: int | None = None
    earmark_id: int | None = None
    is_open: bool | None = None


@dataclass(frozen=True, slots=True)
class AllocationPage:
    """One page, the last drafted first, and the cursor behind it; None on the last one."""

    items: tuple[AllocationRow, ...]
    next_cursor: str | None


_Project = aliased(Item, name="project")


def _held(*kinds: str) -> Any:  # noqa: ANN401  # an SQL expression
    # PostgreSQL adds up to NUMERIC; fen are whole numbers everywhere.
    own = select(cast(func.coalesce(func.sum(FundAccount.balance_fen), 0), BigInteger)).where(
        FundAccount.allocation_id == Item.id, FundAccount.kind.in_(kinds)
    )
    return own.scalar_subquery()


def _select(readers: Sequence[str]) -> Select[*tuple[Any, ...]]:
    own, is_read = Allocation, is_readable(readers, _Project.id)
    return (
        select(
            Item.id, Item.number, Item.title, Item.state, Item.workflow_version, Item.version, Item.due_on,
            Item.closed_at.is_(None), Item.owner_department_id, Department.name, Department.name_en, _Project.id,
            _Project.number, _Project.title, own.fund_id, Fund.code, Fund.name, Fund.name_en, Fund.currency, own.year,
            own.earmark_id, own.requested_fen, own.minimum_fen, own.granted_fen, own.score, _held("committed"),
            _held("paid", "spent"),
        )
        .join(own, own.item_id == Item.id)
        .join(Fund, Fund.id == own.fund_id)
        .outerjoin(Department, Department.id == Item.owner_department_id)
        .outerjoin(_Project, (_Project.id == Item.parent_id) & is_read)
    )  # fmt: skip


def list_allocations(
    connection: Connection, readers: Sequence[str], wanted: AllocationFilter, *, limit: int = 50,
    cursor: str | None = None,
) -> AllocationPage:  # fmt: skip
    """Return one page of the allocations that `readers` may read; one statement. InvalidError for a broken cursor."""
    statement = _select(readers).where(is_readable(readers))
    if wanted.fund_id is not None:
        statement = statement.where(Allocation.fund_id == wanted.fund_id)
    if wanted.year is not None:
        statement = statement.where(Allocation.year == wanted.year)
    if wanted.states:
        statement = statement.where(Item.state.in_(wanted.states))
    if wanted.department_ids:
        statement = statement.where(Item.owner_department_id.in_(wanted.department_ids))
    if wanted.project_id is not None:
        statement = statement.where(Item.parent_id == wanted.project_id)
    if wanted.earmark_id is not None:
        statement = statement.where(Allocation.earmark_id == wanted.earmark_id)
    if wanted.is_open is not None:
        statement = statement.where(Item.closed_at.is_(None) if wanted.is_open else Item.closed_at.is_not(None))
    rows, more = read_newest(connection, statement, Item.id, sort=_SORT, limit=limit, cursor=cursor)
    return AllocationPage(tuple(AllocationRow(*row) for row in rows), more)
