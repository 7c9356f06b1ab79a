"""Posts that may decide what a fund's balance does not cover, and the funds that a department may ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import Connection

from app.models.fund import Fund, FundAccount, FundEarmark, FundYear
from app.models.organisation import Department, Holding, Person, Post


@dataclass(frozen=True, slots=True)
class Approver:
    """A post of the leadership group that somebody holds."""

    post_id: int
    title: str
    title_en: str | None
    department_name: str
    department_name_en: str | None
    holder: str


@dataclass(frozen=True, slots=True)
class Source:
    """An account of free money that a request may draw on: a fund's, or one of its earmarks'."""

    fund_id: int
    fund_code: str
    fund_name: str
    fund_name_en: str | None
    currency: str
    earmark_id: int | None
    earmark: str | None
    free_fen: int


def list_approvers(connection: Connection, today: date) -> tuple[Approver, ...]:
    """Return the posts that a rule may name for exceptions, by id; one row a post."""
    rows: Any = connection.execute(
        select(Post.id, Post.title, Post.title_en, Department.name, Department.name_en, func.min(Person.name))
        .join(Department, Department.id == Post.department_id)
        .join(Holding, Holding.post_id == Post.id)
        .join(Person, Person.id == Holding.person_id)
        .where(
            Post.duty == "leader",
            Holding.from_on <= today,
            or_(Holding.to_on.is_(None), Holding.to_on > today),
        )
        .group_by(Post.id, Post.title, Post.title_en, Department.name, Department.name_en)
        .order_by(Post.id)
    )
    return tuple(Approver(*row) for row in rows.all())


def list_sources(connection: Connection, year: int, department_ids: Sequence[int]) -> tuple[Source, ...]:
    """Return what departments may ask of in a year: funds whose year is open, and the earmarks that are theirs."""
    open_year = and_(FundYear.fund_id == Fund.id, FundYear.year == year, FundYear.closed_at.is_(None))
    head = (Fund.id, Fund.code, Fund.name, Fund.name_en, Fund.currency)

    def account(holder: Any) -> Any:  # noqa: ANN401  # SQL expressions
        return and_(
            FundAccount.fund_id == Fund.id, FundAccount.year == year, FundAccount.kind == "uncommitted",
            FundAccount.holder_id == holder,
        )  # fmt: skip

    free = func.coalesce(FundAccount.balance_fen, 0)
    general: Any = connection.execute(
        select(*head, free).join(FundYear, open_year).outerjoin(FundAccount, account(0)).where(Fund.closed_at.is_(None))
    )
    marked: Any = connection.execute(
        select(*head, FundEarmark.id, FundEarmark.name, free)
        .join(FundYear, open_year)
        .join(FundEarmark, FundEarmark.fund_id == Fund.id)
        .outerjoin(FundAccount, account(FundEarmark.id))
        .where(
            Fund.closed_at.is_(None),
            or_(FundEarmark.department_id.is_(None), FundEarmark.department_id.in_(tuple(department_ids))),
        )
    )
    found = [Source(*[*row[:5], None, None, row[5]]) for row in general.all()]
    found += [Source(*row) for row in marked.all()]
    return tuple(sorted(found, key=lambda one: (one.fund_code, one.earmark_id or 0)))
