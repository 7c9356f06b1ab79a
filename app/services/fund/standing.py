"""How the money of allocations and disbursements stands now: read without locks, for guards, pages and effects.

What a posting needs it checks once more under the lock of the fund's year.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.core.errors import ConflictError, Sentence
from app.core.money import format_amount
from app.models.allocation import (
    Allocation,
    AllocationGoal,
    AllocationObjection,
    AllocationTranche,
    AllocationTransfer,
    Disbursement,
    Spending,
)
from app.models.call import CallDecision, CallEntry
from app.models.fund import Fund, FundAccount, FundRule, FundYear
from app.models.item import Item
from app.services.fund.posting import Account
from workflows.money.facts import MoneyFacts
from workflows.money.grade import is_poor

#: Disbursements that draw their instalment no more.
DROPPED = ("cancelled", "reversed")


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of a fund on a day."""

    id: int
    fund_id: int
    from_on: date
    control: str
    exception_post_id: int | None
    leaders_from_fen: int | None
    notice_workdays: int
    idle_workdays: int | None
    warning_workdays: int
    surplus: str
    number_sign: str


_RULE = (
    FundRule.id, FundRule.fund_id, FundRule.from_on, FundRule.control, FundRule.exception_post_id,
    FundRule.leaders_from_fen, FundRule.notice_workdays, FundRule.idle_workdays, FundRule.warning_workdays,
    FundRule.surplus, FundRule.number_sign,
)  # fmt: skip


def find_rules(connection: Connection, fund_ids: Iterable[int], on_day: date) -> dict[int, Rule]:
    """Return the rule of each fund on a day: of those begun by then the newest. One statement."""
    newest = aliased(FundRule)
    rows = connection.execute(
        select(*_RULE).where(
            FundRule.fund_id.in_(tuple(fund_ids)),
            FundRule.id
            == select(newest.id)
            .where(newest.fund_id == FundRule.fund_id, newest.from_on <= on_day)
            .order_by(newest.from_on.desc(), newest.id.desc())
            .limit(1)
            .scalar_subquery(),
        )
    )
    return {row.fund_id: Rule(*row) for row in rows}


def require_rule(connection: Connection, fund_id: int, on_day: date) -> Rule:
    """Return the rule of a fund on a day; ConflictError before its first one."""
    rule = find_rules(connection, [fund_id], on_day).get(fund_id)
    return require_in_force(rule)


def require_in_force(rule: Rule | None) -> Rule:
    """Return the rule of a day; ConflictError where there is none yet."""
    if rule is None:
        said = Sentence("该资金的管理规则尚未生效。", "No rule of the fund is in force yet.")
        raise ConflictError("no_fund_rule", said)
    return rule


@dataclass(frozen=True, slots=True)
class Tranche:
    """An instalment; `is_drawn` when a disbursement that was not dropped asks for it."""

    seq: int
    milestone: str | None
    planned_on: date | None
    amount_fen: int
    met_on: date | None
    is_drawn: bool

    @property
    def is_held(self) -> bool:
        """Whether its milestone holds it."""
        return self.milestone is not None and self.met_on is None


@dataclass(frozen=True, slots=True)
class Standing:
    """An allocation with its fund, its rule and what the ledger says of it, in fen."""

    item_id: int
    fund_id: int
    fund_department_id: int
    fund_closed: bool
    currency: str
    year: int
    department_id: int | None
    earmark_id: int | None
    requested_fen: int
    minimum_fen: int | None
    granted_fen: int | None
    #: What a call decided on it; None: it stands in no decided call.
    decided_fen: int | None
    exception_by: int | None
    free_fen: int
    reserved_fen: int
    committed_fen: int
    rule: Rule | None
    facts: MoneyFacts
    tranches: tuple[Tranche, ...]

    @property
    def wanted_fen(self) -> int:
        """What it is about: granted, else decided by a call, else asked for."""
        return _choose(self.granted_fen, self.decided_fen, self.requested_fen)

    @property
    def next_tranche(self) -> Tranche | None:
        """The first instalment that was not drawn; None: all are."""
        return next((one for one in self.tranches if not one.is_drawn), None)

    @property
    def free(self) -> Account:
        """The account from which it draws: its earmark's, else the general one."""
        return Account("uncommitted", self.year, self.earmark_id or 0)

    def account(self, kind: str) -> Account:
        """Return the allocation's own account of a kind."""
        return Account(kind, self.year, self.item_id, self.department_id, self.item_id)

    def paid_account(self, kind: str, disbursement_id: int) -> Account:
        """Return the account of a kind that one of its disbursements holds."""
        return Account(kind, self.year, disbursement_id, self.department_id, self.item_id)


def _balance(kind: str, holder: Any) -> Any:  # noqa: ANN401  # SQL expressions
    return func.coalesce(
        select(FundAccount.balance_fen)
        .where(
            FundAccount.fund_id == Allocation.fund_id,
            FundAccount.year == Allocation.year,
            FundAccount.kind == kind,
            FundAccount.holder_id == holder,
        )
        .scalar_subquery(),
        0,
    )


def _count(table: Any, *conditions: Any) -> Any:  # noqa: ANN401  # SQL expressions
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


_Earlier, _EarlierItem = aliased(Allocation), aliased(Item)
_LAST_SCORE = (
    select(_Earlier.score)
    .join(_EarlierItem, _EarlierItem.id == _Earlier.item_id)
    .where(
        _Earlier.fund_id == Allocation.fund_id,
        _EarlierItem.parent_id == Item.parent_id,
        _EarlierItem.state == "closed",
        _Earlier.score.is_not(None),
        _Earlier.item_id < Allocation.item_id,
    )
    .order_by(_Earlier.item_id.desc())
    .limit(1)
    .scalar_subquery()
)
_DECIDED = (
    select(CallDecision.amount_fen)
    .join(CallEntry, CallEntry.id == CallDecision.entry_id)
    .where(CallEntry.item_id == Allocation.item_id, CallEntry.withdrawn_at.is_(None))
    .scalar_subquery()
)
_STANDING = (
    select(
        Allocation.item_id, Allocation.fund_id, Fund.department_id.label("fund_department_id"),
        Fund.closed_at.is_not(None).label("fund_closed"), Fund.currency, Allocation.year,
        Item.owner_department_id.label("department_id"), Allocation.earmark_id, Allocation.requested_fen,
        Allocation.minimum_fen, Allocation.granted_fen, _DECIDED.label("decided_fen"), Allocation.exception_by,
        Item.state, Allocation.notice_until_on, Allocation.take_back_from_on, FundYear.year.label("open_year"),
        _balance("uncommitted", func.coalesce(Allocation.earmark_id, 0)).label("free_fen"),
        _balance("reserved", Allocation.item_id).label("reserved_fen"),
        _balance("committed", Allocation.item_id).label("committed_fen"),
        _count(AllocationGoal, AllocationGoal.item_id == Allocation.item_id).label("goals"),
        _count(
            AllocationObjection,
            AllocationObjection.item_id == Allocation.item_id,
            AllocationObjection.answered_at.is_(None),
        ).label("objections"),
        AllocationTransfer.amount_fen.label("transfer_fen"),
        _LAST_SCORE.label("last_score"),
    )
    .join(Item, Item.id == Allocation.item_id)
    .join(Fund, Fund.id == Allocation.fund_id)
    .outerjoin(
        FundYear,
        and_(FundYear.fund_id == Allocation.fund_id, FundYear.year == Allocation.year, FundYear.closed_at.is_(None)),
    )
    .outerjoin(
        AllocationTransfer,
        and_(AllocationTransfer.from_item_id == Allocation.item_id, AllocationTransfer.outcome.is_(None)),
    )
)  # fmt: skip


def _choose(granted_fen: int | None, decided_fen: int | None, requested_fen: int) -> int:
    return next(fen for fen in (granted_fen, decided_fen, requested_fen) if fen is not None)


def read_standings(connection: Connection, item_ids: Iterable[int], today: date) -> dict[int, Standing]:
    """Return how allocations stand, by item id. Three statements, however many."""
    rows = connection.execute(_STANDING.where(Allocation.item_id.in_(tuple(item_ids)))).all()
    rules = find_rules(connection, {row.fund_id for row in rows}, today)
    tranches = _read_tranches(connection, [row.item_id for row in rows])
    return {
        row.item_id: _make(row, rules.get(row.fund_id), tuple(tranches.get(row.item_id, ())), today) for row in rows
    }


def read_standing(connection: Connection, item_id: int, today: date) -> Standing:
    """Return how one allocation stands."""
    return read_standings(connection, [item_id], today)[item_id]


def _make(row: Any, rule: Rule | None, tranches: tuple[Tranche, ...], today: date) -> Standing:  # noqa: ANN401  # a row
    wanted = _choose(row.granted_fen, row.decided_fen, row.requested_fen)
    coming = next((one for one in tranches if not one.is_drawn), None)
    high_from = rule.leaders_from_fen if rule else None
    facts = MoneyFacts(
        # After its last day a year only waits to be closed: what it still holds goes on in the next one.
        is_year_open=row.open_year == today.year and not row.fund_closed,
        control=rule.control if rule else "stop",  # type: ignore[arg-type]  # a CHECK holds the column to Control
        need_fen=0 if row.committed_fen else max(0, wanted - row.reserved_fen),
        free_fen=row.free_fen,
        wanted_fen=row.requested_fen,
        tranches_fen=sum(one.amount_fen for one in tranches),
        goals=row.goals,
        is_high=(high_from is not None and wanted >= high_from) or is_poor(row.last_score),
        notice_workdays=rule.notice_workdays if rule else 0,
        notice_until_on=row.notice_until_on,
        objections_open=row.objections,
        has_drawable=coming is not None and not coming.is_held and row.committed_fen > 0,
        is_transfer_pending=row.transfer_fen is not None,
        is_transfer_high=row.transfer_fen is not None and high_from is not None and row.transfer_fen >= high_from,
        is_idle_warned=row.take_back_from_on is not None and row.take_back_from_on <= today,
        left_fen=row.committed_fen,
    )
    return Standing(
        row.item_id, row.fund_id, row.fund_department_id, bool(row.fund_closed), row.currency, row.year,
        row.department_id, row.earmark_id, row.requested_fen, row.minimum_fen, row.granted_fen, row.decided_fen,
        row.exception_by, row.free_fen, row.reserved_fen, row.committed_fen, rule, facts, tranches,
    )  # fmt: skip


def _read_tranches(connection: Connection, item_ids: list[int]) -> dict[int, list[Tranche]]:
    drawn = (
        select(Disbursement.item_id)
        .join(Item, Item.id == Disbursement.item_id)
        .where(
            Item.parent_id == AllocationTranche.item_id,
            Disbursement.tranche_seq == AllocationTranche.seq,
            Item.state.not_in(DROPPED),
        )
        .exists()
    )
    found: dict[int, list[Tranche]] = {}
    rows: Any = connection.execute(
        select(
            AllocationTranche.item_id, AllocationTranche.seq, AllocationTranche.milestone, AllocationTranche.planned_on,
            AllocationTranche.amount_fen, AllocationTranche.met_on, drawn,
        )
        .where(AllocationTranche.item_id.in_(item_ids))
        .order_by(AllocationTranche.item_id, AllocationTranche.seq)
    )  # fmt: skip
    for item_id, *row in rows:
        found.setdefault(item_id, []).append(Tranche(*row))
    return found


_HELD = _balance("paid", Disbursement.item_id)
_FILED = _count(Spending, Spending.item_id == Disbursement.item_id, Spending.outcome.is_(None))


def read_payment_facts(connection: Connection, item_ids: Iterable[int], today: date) -> dict[int, MoneyFacts]:
    """Return what guards may know of disbursements, by item id. One statement, however many."""
    rows = connection.execute(
        select(Disbursement.item_id, FundYear.year, _HELD.label("held"), _FILED.label("filed"))
        .join(Item, Item.id == Disbursement.item_id)
        .join(Allocation, Allocation.item_id == Item.parent_id)
        .outerjoin(
            FundYear,
            and_(
                FundYear.fund_id == Allocation.fund_id, FundYear.year == Allocation.year, FundYear.closed_at.is_(None)
            ),
        )
        .where(Disbursement.item_id.in_(tuple(item_ids)))
    )
    return {
        row.item_id: MoneyFacts(is_year_open=row.year == today.year, held_fen=row.held, filed=row.filed) for row in rows
    }


def say_short(facts: MoneyFacts) -> Sentence:
    """Say that the free balance does not cover a need, with both and what is missing."""
    free = max(0, facts.free_fen)
    return Sentence(
        f"资金可用余额不足：可用{format_amount(free)}元，需要{format_amount(facts.need_fen)}元，"
        f"差{format_amount(facts.need_fen - free)}元。",
        f"The fund's free balance does not cover this: {format_amount(free)} is free,"
        f" {format_amount(facts.need_fen)} is needed, {format_amount(facts.need_fen - free)} is missing.",
    )


def read_money_facts(connection: Connection, kinds: dict[int, str], today: date) -> dict[int, MoneyFacts]:
    """Return what guards may know of the money of items, given as {item id: kind}; of other kinds nothing."""
    allocations = [item_id for item_id, kind in kinds.items() if kind == "allocation"]
    payments = [item_id for item_id, kind in kinds.items() if kind == "disbursement"]
    found: dict[int, MoneyFacts] = {}
    if allocations:
        found |= {key: one.facts for key, one in read_standings(connection, allocations, today).items()}
    if payments:
        found |= read_payment_facts(connection, payments, today)
    return found
