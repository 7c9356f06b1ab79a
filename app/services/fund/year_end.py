"""The end of a fiscal year: what is left is carried into the next year or surrendered, once, and the year is closed.

Source: 结转 is what goes on for the same purpose, 结余 what is left when its aim is met; both are entries, and the
closed year's figures never change (domain notes 2.5). Commitments, reservations and money still to be accounted for
always go on; what is free or was returned goes on or is surrendered, by the fund's rule of the year's last day.
Running it again finds the years closed and posts nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Sentence
from app.models.allocation import Allocation
from app.models.fund import ACCOUNT_KINDS, Fund, FundYear
from app.models.item import Item
from app.services.act import Act
from app.services.fund.posting import Account, Leg, NewPosting, post
from app.services.fund.standing import find_rules
from app.services.fund.years import find_homes, list_balances, open_year

#: Kinds of which everything goes on into the next year.
CARRIED = ("reserved", "committed", "paid")
#: Kinds that the rule carries on or surrenders.
SURPLUS_KINDS = ("uncommitted", "returned")


@dataclass(frozen=True, slots=True)
class YearEnd:
    """What the end of a year does, or did, to one fund, in fen by account kind.

    `outcome`: `ready`, `closed` (by this run), `closed_before`, or `blocked` with the reason.
    """

    fund_id: int
    code: str
    name: str
    year: int
    outcome: str
    carried: dict[str, int]
    surrendered_fen: int
    reason: Sentence | None = None
    is_surrendered: bool = False


def list_funds_of_year(connection: Connection, year: int) -> list[tuple[int, str, str, int, bool]]:
    """Return (id, code, name, last year, is closed) of the funds with that fiscal year, by code."""
    rows = connection.execute(
        select(Fund.id, Fund.code, Fund.name, Fund.last_year, FundYear.closed_at.is_not(None))
        .join(FundYear, FundYear.fund_id == Fund.id)
        .where(FundYear.year == year)
        .order_by(Fund.code)
    )
    return [(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


def preview_year_end(connection: Connection, year: int, fund_ids: Sequence[int] | None = None) -> list[YearEnd]:
    """Return what closing the year would do to each fund; nothing is written."""
    return [
        _plan(connection, fund_id, code, name, last_year, year, is_closed=is_closed)
        for fund_id, code, name, last_year, is_closed in list_funds_of_year(connection, year)
        if fund_ids is None or fund_id in fund_ids
    ]


def close_year(act: Act, fund_id: int, year: int) -> YearEnd:
    """Close one fund's year, in a unit of its own; a closed one is left as it is. ConflictError while it still runs.

    What is open of it goes along into the next year, with money or without: a draft is submitted there.
    """
    if act.today.year <= year:
        said = Sentence(f"{year}年度尚未结束。", f"The year {year} is not over yet.")
        raise ConflictError("year_not_over", said)
    _lock(act, fund_id, year)
    plan = next(iter(preview_year_end(act.connection, year, [fund_id])), None)
    if plan is None:
        said = Sentence(f"该资金没有{year}年度。", f"The fund has no year {year}.")
        raise ConflictError("fund_year_unknown", said)
    if plan.outcome != "ready":
        return plan
    rule_id = find_rules(act.connection, [fund_id], date(year, 12, 31))[fund_id].id
    closing = _read_totals(act.connection, fund_id, year)
    opening = _move_on(act, fund_id, year, rule_id, is_carried=not plan.is_surrendered)
    act.connection.execute(
        update(FundYear)
        .where(FundYear.fund_id == fund_id, FundYear.year == year)
        .values(closed_at=act.now, closed_by=act.acting.person_id, closing=closing)
    )
    last_year = act.connection.execute(select(Fund.last_year).where(Fund.id == fund_id)).scalar_one()
    if opening or (year < last_year and _list_running(act.connection, fund_id, year, "allocated", "settled")):
        open_year(act.connection, fund_id, year + 1, act.now)
    if opening:
        next_year = (FundYear.fund_id == fund_id) & (FundYear.year == year + 1)
        act.connection.execute(update(FundYear).where(next_year).values(opening=opening))
    moved = update(Allocation).where(Allocation.item_id.in_(_list_running(act.connection, fund_id, year)))
    act.connection.execute(moved.values(year=year + 1))
    act.audit("close_fund_year", f"fund:{fund_id}", after={"year": year, "carried": plan.carried,
                                                           "surrendered_fen": plan.surrendered_fen})  # fmt: skip
    return YearEnd(fund_id, plan.code, plan.name, year, "closed", plan.carried, plan.surrendered_fen,
                   is_surrendered=plan.is_surrendered)  # fmt: skip


def _lock(act: Act, fund_id: int, year: int) -> None:
    """Hold the running allocations by id, then the year: every step holds its item before it waits for the year.

    Whoever posts waits for the year's row, and finds it closed afterwards.
    """
    running = _running(fund_id, year).order_by(Item.id).with_for_update(of=Item, key_share=True)
    act.connection.execute(running).all()
    own = select(FundYear.year).where(FundYear.fund_id == fund_id, FundYear.year == year)
    act.connection.execute(own.with_for_update(key_share=True)).first()


def _running(fund_id: int, year: int, *states: str) -> Any:  # noqa: ANN401  # a statement
    """Return the statement for the open allocations of a year, in some states or in any."""
    found = (
        select(Item.id)
        .join(Allocation, Allocation.item_id == Item.id)
        .where(Allocation.fund_id == fund_id, Allocation.year == year, Item.closed_at.is_(None))
    )
    return found.where(Item.state.in_(states)) if states else found


def _list_running(connection: Connection, fund_id: int, year: int, *states: str) -> list[int]:
    return list(connection.execute(_running(fund_id, year, *states)).scalars())


def _plan(
    connection: Connection, fund_id: int, code: str, name: str, last_year: int, year: int, *, is_closed: bool
) -> YearEnd:
    if is_closed:
        return YearEnd(fund_id, code, name, year, "closed_before", {}, 0)
    rule = find_rules(connection, [fund_id], date(year, 12, 31)).get(fund_id)
    totals = _read_totals(connection, fund_id, year)
    surplus = sum(totals[kind] for kind in SURPLUS_KINDS)
    is_last = year >= last_year
    is_surrendered = rule is not None and (rule.surplus == "surrender" or is_last)
    kinds = CARRIED if is_surrendered else (*CARRIED, *SURPLUS_KINDS)
    carried = {kind: totals[kind] for kind in kinds if totals[kind]}
    given_back = surplus if is_surrendered else 0
    reason = _find_reason(connection, fund_id, year, last_year, has_rule=rule is not None,
                          is_surrendered=is_surrendered, is_carried=bool(carried))  # fmt: skip
    outcome = "ready" if reason is None else "blocked"
    return YearEnd(fund_id, code, name, year, outcome, carried, given_back, reason, is_surrendered)


def _find_reason(
    connection: Connection, fund_id: int, year: int, last_year: int, *, has_rule: bool, is_surrendered: bool,
    is_carried: bool,
) -> Sentence | None:  # fmt: skip
    """Return why a year cannot be closed now; None: it can."""
    if not has_rule:
        return Sentence("年末没有生效的管理规则。", "No rule was in force at the end of the year.")
    earlier = select(FundYear.year).where(
        FundYear.fund_id == fund_id, FundYear.year < year, FundYear.closed_at.is_(None)
    )
    waiting = connection.execute(earlier.order_by(FundYear.year)).scalars().first()
    if waiting is not None:
        return Sentence(f"须先结{waiting}年度的账。", f"The year {waiting} is to be closed first.")
    if year >= last_year and (is_carried or _list_running(connection, fund_id, year, "allocated")):
        return Sentence(
            f"该资金到{last_year}年为止，但还有未了的申请、下达或待核销资金；请先延长年度，或在年内办结。",
            f"The fund ends with {last_year}, yet requests, allocations or payments are open: extend it or end these.",
        )
    # One account overdrawn and another left over are not set off against each other.
    if is_surrendered and any(fen < 0 for _, fen in list_balances(connection, fund_id, year, "uncommitted")):
        return Sentence("可用余额为负，须先追加。", "The free balance is below zero: supplement it first.")
    return None


def _read_totals(connection: Connection, fund_id: int, year: int) -> dict[str, int]:
    columns = [getattr(FundYear, f"{kind}_fen") for kind in ACCOUNT_KINDS]
    row = connection.execute(select(*columns).where(FundYear.fund_id == fund_id, FundYear.year == year)).one()
    return dict(zip(ACCOUNT_KINDS, row, strict=True))


def _move_on(act: Act, fund_id: int, year: int, rule_id: int, *, is_carried: bool) -> dict[str, int]:
    """Post what goes on and what is surrendered; return what the next year begins with, by kind (nothing: no year)."""
    kinds = (*CARRIED, *SURPLUS_KINDS) if is_carried else CARRIED
    out, into = Account("carried_over", year), Account("carried_over", year + 1)
    legs: list[Leg] = []
    opening: dict[str, int] = {}
    balances = list_balances(act.connection, fund_id, year, *kinds)
    homes = find_homes(act.connection, (account for account, _ in balances if account.kind == "returned"))
    for account, balance in balances:
        if balance == 0:
            continue
        # Returned money begins the next year free, in its earmark; an overdrawn balance goes on as what it is.
        is_back = account.kind == "returned"
        kind = "uncommitted" if is_back else account.kind
        holder = homes.get(account.allocation_id or 0, 0) if is_back else account.holder_id
        heir = Account(kind, year + 1, holder, *(
            (None, None) if kind == "uncommitted" else (account.department_id, account.allocation_id)
        ))  # fmt: skip
        opening[kind] = opening.get(kind, 0) + balance
        pair = [Leg(account, out, balance), Leg(into, heir, balance)]
        legs += pair if balance > 0 else [Leg(out, account, -balance), Leg(heir, into, -balance)]
    if legs:
        open_year(act.connection, fund_id, year + 1, act.now)
        _post(act, fund_id, year, rule_id, "carry", legs)
    if not is_carried:
        source = Account("source", year)
        back = [
            Leg(account, source, balance)
            for account, balance in list_balances(act.connection, fund_id, year, *SURPLUS_KINDS)
            if balance > 0
        ]
        if back:
            _post(act, fund_id, year, rule_id, "surrender", back)
    return opening


def _post(act: Act, fund_id: int, year: int, rule_id: int, operation: str, legs: list[Leg]) -> None:
    last_day = date(year, 12, 31)
    new = NewPosting(
        fund_id, year, operation, legs, last_day, rule_id, key=f"{operation}:{fund_id}:{year}",
        # What an exception overdrew goes on into the next year below zero as well; any other end of a year is none.
        is_exception=any(leg.source.kind == "uncommitted" and leg.source.year > year for leg in legs),
    )  # fmt: skip
    post(act.connection, act.acting, act.now, new)
