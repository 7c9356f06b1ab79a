"""Funds with what stands where in a year: kept totals only, so a million entries cost as little as ten.

All amounts are whole fen of the fund's currency. Who may see what is `app.policy.fund`: these figures are for
everybody with a post, the departments' parts for whoever sees the ledger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import NotFoundError
from app.models.fund import (
    ACCOUNT_KINDS,
    Fund,
    FundAccount,
    FundDepartment,
    FundEarmark,
    FundRule,
    FundYear,
)
from app.models.organisation import Department, Person, Post
from workflows.money.execution import Execution, judge_execution

NO_FUND = ("没有这个资金，或您无权查看。", "No such fund, or not for you to see.")
_NOTHING: Mapping[str, int] = dict.fromkeys(ACCOUNT_KINDS, 0)
#: What a department holds of a fund.
DEPARTMENT_KINDS = ("reserved", "committed", "paid", "spent", "returned")


@dataclass(frozen=True, slots=True)
class YearFigures:
    """A fund's year: {account kind: fen}. A closed year shows what stood where when it was closed (`closing`).

    `opening` is what it began with by carry-over, by kind. A year that was never opened has nothing anywhere.
    """

    year: int
    is_open: bool
    is_known: bool
    posted: int
    amounts: Mapping[str, int]
    opening: Mapping[str, int]
    closed_at: datetime | None

    @property
    def carried_in_fen(self) -> int:
        """What came in from the year before, receipts of then that were reversed in this year included."""
        return -self.amounts["carried_over"]

    @property
    def own_fen(self) -> int:
        """What the year itself brought: appropriated and supplemented, less what was cut."""
        return -self.amounts["source"]

    @property
    def paid_before_fen(self) -> int:
        """Money that came in already paid: earlier years' payments that were not accounted for yet."""
        return self.opening.get("paid", 0) + self.carried_in_fen - sum(self.opening.values())

    @property
    def budget_fen(self) -> int:
        """The budget in force: the year's own money and what was carried in and could still be paid."""
        return self.own_fen + self.carried_in_fen - self.paid_before_fen

    @property
    def net_paid_fen(self) -> int:
        """What was paid in this year, net of what came back."""
        return self.amounts["paid"] + self.amounts["spent"] - self.paid_before_fen

    def judge(self, today: date) -> Execution:
        """Return the execution rate against time elapsed, with its light."""
        return judge_execution(self.net_paid_fen, self.budget_fen, self.year, today)


@dataclass(frozen=True, slots=True)
class FundRow:
    """A fund with the figures of one year."""

    id: int
    code: str
    name: str
    name_en: str | None
    department_id: int
    department_name: str
    department_name_en: str | None
    purpose: str
    source_document: str
    currency: str
    first_year: int
    last_year: int
    version: int
    closed_at: datetime | None
    figures: YearFigures


@dataclass(frozen=True, slots=True)
class DepartmentPart:
    """What stands where for one department in a fund's year: {one of DEPARTMENT_KINDS: fen}.

    Of a closed year only what is final is left (spent, returned): the rest went on into the next year.
    """

    department_id: int
    name: str
    name_en: str | None
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Earmark:
    """A part of the free money that is kept for something; `department_id` None: for whoever serves its purpose."""

    id: int
    name: str
    department_id: int | None
    department_name: str | None
    department_name_en: str | None
    balance_fen: int


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """The rules of a fund from a day on, who made them and why; `exception_post` is a post's title."""

    id: int
    from_on: date
    control: str
    surplus: str
    leaders_from_fen: int | None
    notice_workdays: int
    idle_workdays: int | None
    warning_workdays: int
    number_sign: str
    reason: str
    exception_post_id: int | None
    exception_post: str | None
    exception_department: str | None
    exception_department_en: str | None
    made_by: int
    made_by_name: str
    made_at: datetime


_YEAR_COLUMNS = tuple(getattr(FundYear, f"{kind}_fen") for kind in ACCOUNT_KINDS)
_HEAD = 14


def _select(year: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401  # a year or a column
    return (
        select(
            Fund.id, Fund.code, Fund.name, Fund.name_en, Fund.department_id, Department.name, Department.name_en,
            Fund.purpose, Fund.source_document, Fund.currency, Fund.first_year, Fund.last_year, Fund.version,
            Fund.closed_at, FundYear.year, FundYear.posted, FundYear.opening, FundYear.closing, FundYear.closed_at,
            *_YEAR_COLUMNS,
        )
        .join(Department, Department.id == Fund.department_id)
        .outerjoin(FundYear, and_(FundYear.fund_id == Fund.id, FundYear.year == year))
    )  # fmt: skip


def list_funds(connection: Connection, year: int) -> tuple[FundRow, ...]:
    """Return every fund whose span holds the year, by code, with the year's figures. One statement."""
    rows = connection.execute(
        _select(year).where(Fund.first_year <= year, Fund.last_year >= year).order_by(Fund.code)
    )  # fmt: skip
    return tuple(_make(row, year) for row in rows)


def find_fund(connection: Connection, fund_id: int, year: int) -> FundRow:
    """Return a fund with the figures of a year (nothing anywhere where it has none); NotFoundError without a fund."""
    row = connection.execute(_select(year).where(Fund.id == fund_id)).first()
    if row is None:
        raise NotFoundError(*NO_FUND)
    return _make(row, year)


def _make(row: Any, year: int) -> FundRow:  # noqa: ANN401  # a row
    known, posted, opening, closing, closed_at, *live = row[_HEAD:]
    if known is None:
        figures = YearFigures(year, is_open=False, is_known=False, posted=0, amounts=_NOTHING, opening={},
                              closed_at=None)  # fmt: skip
    else:
        amounts = dict(zip(ACCOUNT_KINDS, live, strict=True)) if closing is None else {**_NOTHING, **closing}
        figures = YearFigures(
            year, is_open=closed_at is None, is_known=True, posted=posted, amounts=amounts, opening=opening,
            closed_at=closed_at,
        )  # fmt: skip
    return FundRow(*[*row[:_HEAD], figures])


def list_years(connection: Connection, fund_id: int) -> tuple[int, ...]:
    """Return the years that a fund has opened, the latest first."""
    rows = connection.execute(select(FundYear.year).where(FundYear.fund_id == fund_id).order_by(FundYear.year.desc()))
    return tuple(rows.scalars())


def list_departments_of(
    connection: Connection, fund_id: int, year: int, department_ids: Sequence[int] | None = None
) -> tuple[DepartmentPart, ...]:
    """Return each department's part of a fund's year, by name; `department_ids` None: every department's."""
    columns = [getattr(FundDepartment, f"{kind}_fen") for kind in DEPARTMENT_KINDS]
    statement = (
        select(FundDepartment.department_id, Department.name, Department.name_en, *columns)
        .join(Department, Department.id == FundDepartment.department_id)
        .where(FundDepartment.fund_id == fund_id, FundDepartment.year == year)
        .order_by(Department.sort_key, Department.id)
    )
    if department_ids is not None:
        statement = statement.where(FundDepartment.department_id.in_(tuple(department_ids)))
    return tuple(
        DepartmentPart(row[0], row[1], row[2], dict(zip(DEPARTMENT_KINDS, row[3:], strict=True)))
        for row in connection.execute(statement).all()
    )


def list_earmarks(connection: Connection, fund_id: int, year: int) -> tuple[Earmark, ...]:
    """Return a fund's earmarks with what stands on them in a year, in the order in which they were made."""
    rows = connection.execute(
        select(
            FundEarmark.id, FundEarmark.name, FundEarmark.department_id, Department.name, Department.name_en,
            func.coalesce(FundAccount.balance_fen, 0),
        )
        .outerjoin(Department, Department.id == FundEarmark.department_id)
        .outerjoin(
            FundAccount,
            and_(
                FundAccount.fund_id == fund_id, FundAccount.year == year, FundAccount.kind == "uncommitted",
                FundAccount.holder_id == FundEarmark.id,
            ),
        )
        .where(FundEarmark.fund_id == fund_id)
        .order_by(FundEarmark.id)
    )  # fmt: skip
    return tuple(Earmark(*row) for row in rows.all())


_Where = aliased(Department)


def list_rules(connection: Connection, fund_id: int) -> tuple[RuleVersion, ...]:
    """Return all versions of a fund's rules, the newest first; in force is the first whose day has come."""
    rows: Any = connection.execute(
        select(
            FundRule.id, FundRule.from_on, FundRule.control, FundRule.surplus, FundRule.leaders_from_fen,
            FundRule.notice_workdays, FundRule.idle_workdays, FundRule.warning_workdays, FundRule.number_sign,
            FundRule.reason, FundRule.exception_post_id, Post.title, _Where.name, _Where.name_en, FundRule.made_by,
            Person.name, FundRule.made_at,
        )
        .join(Person, Person.id == FundRule.made_by)
        .outerjoin(Post, Post.id == FundRule.exception_post_id)
        .outerjoin(_Where, _Where.id == Post.department_id)
        .where(FundRule.fund_id == fund_id)
        .order_by(FundRule.from_on.desc(), FundRule.id.desc())
    )  # fmt: skip
    return tuple(RuleVersion(*row) for row in rows.all())


def pick_rule(rules: Sequence[RuleVersion], on_day: date) -> RuleVersion | None:
    """Return the version in force on a day, of those as `list_rules` gives them; None before the first."""
    return next((one for one in rules if one.from_on <= on_day), None)
