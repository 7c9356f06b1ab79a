"""Money at the end of a month: what each fund has allocated and paid, what was paid for each project.

Kept totals, less what was posted after the month by its day: a month's report costs what was posted since, not the
whole ledger.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.fund import ACCOUNT_KINDS, Fund, FundAccount, FundEntry, FundPosting
from app.models.item import Item
from app.policy.people import OFFICE_READER, OVERSIGHT_READER
from app.queries.fund.overview import FundRow, list_funds
from app.queries.fund.years import list_year_rows
from app.queries.progress import Period, is_read
from reports.monthly.inputs import FundLine
from reports.wording import Money, Text

_PAID = ("paid", "spent")
_YEAR_END = ("carry", "surrender")


def sees_funds(readers: Sequence[str]) -> bool:
    """Whether a report for `readers` tells of funds: their sums are for everybody with a post (`app.policy.fund`)."""
    return any(one in (OFFICE_READER, OVERSIGHT_READER) or one.startswith("P:") for one in readers)


def read_funds(connection: Connection, period: Period, *, is_running: bool) -> tuple[FundLine, ...] | None:
    """Return every fund of the report's year, by code; None where the readers see none. Three statements."""
    if not sees_funds(period.readers):
        return None
    year = period.as_of_on.year
    funds = list_funds(connection, year)
    years = list_year_rows(connection, tuple(fund.id for fund in funds), year)
    later = _read_later(connection, period.as_of_on)
    # The month that is over counts as elapsed, the running one not yet.
    on = period.as_of_on if is_running else period.as_of_on + timedelta(days=1)
    found = []
    for fund in funds:
        rows = years[fund.id]
        now = rows[0].now if rows else dict.fromkeys(ACCOUNT_KINDS, 0)
        amounts = {kind: now[kind] - later.get((fund.id, kind), 0) for kind in ACCOUNT_KINDS}
        found.append(_line(fund, amounts, on))
    return tuple(found)


def _line(fund: FundRow, amounts: Mapping[str, int], on: date) -> FundLine:
    figures = replace(fund.figures, amounts=amounts)
    judged = figures.judge(on)
    paid = figures.net_paid_fen
    return FundLine(
        code=fund.code,
        name=Text(fund.name, fund.name_en or fund.name),
        budget=Money(figures.budget_fen, fund.currency),
        allocated=Money(amounts["committed"] + paid, fund.currency),
        paid=Money(paid, fund.currency),
        rate_pct=_decimal(judged.rate_pct),
        elapsed_pct=Decimal(str(judged.elapsed_pct)),
        behind_pct=_decimal(judged.behind_pct),
        light=judged.light,
    )


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _is_later(on: date) -> ColumnElement[bool]:
    """Whether a posting comes after the end of the day `on`; the closing of a year counts as after its last day."""
    of_close = and_(FundPosting.operation.in_(_YEAR_END), FundPosting.year == on.year, FundPosting.on_day >= on)
    return or_(FundPosting.on_day > on, of_close)


def _read_later(connection: Connection, on: date) -> dict[tuple[int, str], int]:
    """Return {(fund, account kind): by how much what was posted later changed the accounts of the year of `on`}."""
    found: dict[tuple[int, str], int] = defaultdict(int)
    for column, sign in ((FundEntry.to_account_id, 1), (FundEntry.from_account_id, -1)):
        total = cast(func.coalesce(func.sum(FundEntry.amount_fen), 0), BigInteger)
        rows = connection.execute(
            select(FundAccount.fund_id, FundAccount.kind, total)
            .select_from(FundPosting)
            .join(FundEntry, FundEntry.posting_id == FundPosting.id)
            .join(FundAccount, FundAccount.id == column)
            .where(_is_later(on), FundAccount.year == on.year)
            .group_by(FundAccount.fund_id, FundAccount.kind)
        )
        for fund_id, kind, fen in rows:
            found[fund_id, kind] += sign * int(fen)
    return found


def read_paid(connection: Connection, period: Period) -> dict[int, Mapping[str, int]]:
    """Return {project: {currency: net payments up to the month's end}} of the allocations that are read.

    Two statements. Returns are taken off; what was carried from year to year counts once.
    """
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for project_id, currency, fen in _read_balances(connection, period):
        found[project_id][currency] += int(fen)
    for project_id, currency, fen in _read_later_payments(connection, period):
        found[project_id][currency] -= int(fen)
    return {project_id: dict(sums) for project_id, sums in found.items()}


def _read_balances(connection: Connection, period: Period) -> Sequence[Any]:
    total = cast(func.coalesce(func.sum(FundAccount.balance_fen), 0), BigInteger)
    return connection.execute(
        select(Item.parent_id, Fund.currency, total)
        .join(FundAccount, and_(FundAccount.allocation_id == Item.id, FundAccount.kind.in_(_PAID)))
        .join(Fund, Fund.id == FundAccount.fund_id)
        .where(Item.kind == "allocation", Item.parent_id.is_not(None), is_read(Item.id, period.readers))
        .group_by(Item.parent_id, Fund.currency)
    ).all()


def _read_later_payments(connection: Connection, period: Period) -> Sequence[Any]:
    into, out = aliased(FundAccount, name="into"), aliased(FundAccount, name="out")
    change = case((into.kind.in_(_PAID), FundEntry.amount_fen), else_=0) - case(
        (out.kind.in_(_PAID), FundEntry.amount_fen), else_=0
    )
    total = cast(func.coalesce(func.sum(change), 0), BigInteger)
    return connection.execute(
        select(Item.parent_id, Fund.currency, total)
        .select_from(FundPosting)
        .join(Fund, Fund.id == FundPosting.fund_id)
        .join(FundEntry, FundEntry.posting_id == FundPosting.id)
        .join(into, into.id == FundEntry.to_account_id)
        .join(out, out.id == FundEntry.from_account_id)
        .join(Item, Item.id == func.coalesce(into.allocation_id, out.allocation_id))
        .where(
            FundPosting.on_day > period.as_of_on, Item.kind == "allocation", Item.parent_id.is_not(None),
            or_(into.kind.in_(_PAID), out.kind.in_(_PAID)), is_read(Item.id, period.readers),
        )
        .group_by(Item.parent_id, Fund.currency)
    ).all()  # fmt: skip
