"""A fund's money by joint project, as far as the reader may read the projects and their allocations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.allocation import Allocation
from app.models.fund import FundAccount
from app.models.item import Item
from app.queries.fund.overview import DEPARTMENT_KINDS
from app.queries.item import is_readable

#: Beyond so many projects the list of allocations is the way in.
PROJECTS_MAX = 100
_Project = aliased(Item, name="project")


@dataclass(frozen=True, slots=True)
class ProjectPart:
    """What stands where for one project in a fund's year: {kind: fen}."""

    project_id: int
    number: str | None
    title: str
    amounts: Mapping[str, int]


def list_projects_of(
    connection: Connection, readers: Sequence[str], fund_id: int, year: int, *, limit: int = PROJECTS_MAX
) -> tuple[ProjectPart, ...]:
    """Return the projects with most money in a fund's year; from the accounts' balances, one statement.

    Grows with the fund's allocations of the year, not with its entries; it stands on a page of its own for that.
    """
    sums = [
        func.coalesce(func.sum(case((FundAccount.kind == kind, FundAccount.balance_fen), else_=0)), 0).label(kind)
        for kind in DEPARTMENT_KINDS
    ]
    total = func.sum(FundAccount.balance_fen)
    rows = connection.execute(
        select(_Project.id, _Project.number, _Project.title, *sums)
        .select_from(FundAccount)
        .join(Allocation, Allocation.item_id == FundAccount.allocation_id)
        .join(Item, Item.id == Allocation.item_id)
        .join(_Project, _Project.id == Item.parent_id)
        .where(
            FundAccount.fund_id == fund_id,
            FundAccount.year == year,
            FundAccount.kind.in_(DEPARTMENT_KINDS),
            is_readable(readers),
            is_readable(readers, _Project.id),
        )
        .group_by(_Project.id, _Project.number, _Project.title)
        .order_by(total.desc(), _Project.id)
        .limit(limit)
    )
    return tuple(
        ProjectPart(row[0], row[1], row[2], dict(zip(DEPARTMENT_KINDS, map(int, row[3:]), strict=True)))
        for row in rows.all()
    )
