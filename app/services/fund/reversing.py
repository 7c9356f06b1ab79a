"""A mistaken posting is reversed by a counter-entry that names it, in the year that is open now; nothing is changed.

What a keeper posted by hand is reversed as it stands. A receipt (spend, return) is reversed too, and its disbursement
waits to be accounted for again. Reservations, allocations and payments are reversed by the steps of their items.
"""

from typing import Any

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import aliased

from app.core.errors import ConflictError, ForbiddenError, NotFoundError, Sentence
from app.models.allocation import Allocation, Spending
from app.models.fund import FundAccount, FundEntry, FundPosting
from app.models.item import Item
from app.services.act import Act
from app.services.fund.keeping import BUDGET_OPERATIONS
from app.services.fund.posting import Account, Leg, NewPosting, Posted, post
from app.services.fund.standing import require_rule
from app.services.fund.years import find_homes
from app.services.loading import load
from app.services.recording import Acting
from app.services.rulebook import Rulebook
from app.services.transitions import take

_BY_RECEIPT = ("spend", "return")
_From, _To = aliased(FundAccount), aliased(FundAccount)


def reverse_posting(act: Act, book: Rulebook, posting_id: int, reason: str) -> Posted:
    """Post the counter-entry; ConflictError when it was reversed before or cannot be, ForbiddenError for its author.

    A receipt of a closed year comes back from what was carried over: the closed year stays as it is. What was returned
    then comes back from where the year's end took it: the free balance, or the source when it was surrendered.
    """
    old = act.connection.execute(
        select(
            FundPosting.fund_id, FundPosting.year, FundPosting.seq, FundPosting.operation, FundPosting.item_id,
            FundPosting.actor_id, FundPosting.on_behalf_of,
        ).where(FundPosting.id == posting_id)
    ).first()  # fmt: skip
    if old is None:
        raise NotFoundError("没有这笔账，或您无权查看。", "No such posting, or not for you to see.")
    if old.item_id is not None:
        _hold(act, old.item_id)
    _require_reversible(act, posting_id, old)
    legs = _list_counter_legs(act, posting_id, old)
    rule = require_rule(act.connection, old.fund_id, act.today)
    new = NewPosting(
        old.fund_id, act.today.year, "reverse", legs, act.today, rule.id, item_id=old.item_id, reverses_id=posting_id,
        note=reason,
    )  # fmt: skip
    posted = post(act.connection, act.acting, act.now, new)
    act.audit("reverse_posting", f"fund:{old.fund_id}", item_id=old.item_id,
              after={"posting_id": posted.id, "reverses": posting_id, "reason": reason})  # fmt: skip
    if old.operation in _BY_RECEIPT:
        _take_back_receipt(act, book, posting_id, old.item_id, reason)
    return posted


def _hold(act: Act, item_id: int) -> None:
    """Hold the item before the fund's year, as every step does, and what it stands below before itself.

    Reopening it rests on the allocation above, which could be settled at the same moment.
    """
    above = select(Item.parent_id).where(Item.id == item_id).scalar_subquery()
    both = select(Item.id).where(or_(Item.id == item_id, Item.id == above)).order_by(Item.id)
    act.connection.execute(both.with_for_update(key_share=True)).all()


def _require_reversible(act: Act, posting_id: int, old: Any) -> None:  # noqa: ANN401  # a row
    if {old.actor_id, old.on_behalf_of} & {act.acting.person_id, act.acting.behalf} - {None}:
        said = Sentence(
            "记账人不能冲销自己记的账，请由他人办理。", "Nobody reverses what they posted; somebody else must."
        )
        raise ForbiddenError("own_posting", said)
    done = select(FundPosting.id).where(FundPosting.reverses_id == posting_id)
    if act.connection.execute(done).first() is not None:
        raise ConflictError("reversed_already", Sentence("这笔账已经冲销。", "It was reversed already."))
    if old.operation not in (*BUDGET_OPERATIONS, *_BY_RECEIPT):
        said = Sentence(
            "这笔账由事项办理产生，请在该事项上办理退回、撤回或冲销。",
            "It follows from an item: use the item's own steps.",
        )
        raise ConflictError("reversed_by_item", said)
    if old.operation in BUDGET_OPERATIONS and old.year != act.today.year:
        said = Sentence(f"{old.year}年度已结束，其预算不再冲销。", f"The year {old.year} is over: its budget stays.")
        raise ConflictError("fund_year_over", said)


def _list_counter_legs(act: Act, posting_id: int, old: Any) -> list[Leg]:  # noqa: ANN401  # a row
    rows = act.connection.execute(
        select(
            _From.kind, _From.year, _From.holder_id, _From.department_id, _From.allocation_id, _To.kind, _To.year,
            _To.holder_id, _To.department_id, _To.allocation_id, FundEntry.amount_fen, FundEntry.to_account_id,
        )
        .join(_From, _From.id == FundEntry.from_account_id)
        .join(_To, _To.id == FundEntry.to_account_id)
        .where(FundEntry.posting_id == posting_id)
        .order_by(FundEntry.id)
    ).all()  # fmt: skip
    legs = []
    for row in rows:
        came_from, went_to = Account(*row[:5]), Account(*row[5:10])
        if old.year != act.today.year:
            # Spent and returned money is final in its year: it comes back out of where the year's end took it.
            current = act.today.year
            came_from = Account(came_from.kind, current, *row[2:5])
            origin = _find_origin(act, went_to.kind, row.to_account_id)
            home = find_homes(act.connection, [went_to]).get(went_to.allocation_id or 0, 0)
            went_to = Account(origin, current, home if origin == "uncommitted" else 0)
        legs.append(Leg(went_to, came_from, row.amount_fen))
    return legs


def _find_origin(act: Act, kind: str, account_id: int) -> str:
    """Return the kind of account from which a past year's receipt comes back; ConflictError for what was reused."""
    if kind != "returned":
        return "carried_over"
    into = case((FundEntry.from_account_id == account_id, FundEntry.to_account_id), else_=FundEntry.from_account_id)
    signed = case((FundEntry.from_account_id == account_id, FundEntry.amount_fen), else_=-FundEntry.amount_fen)
    rows = act.connection.execute(
        select(FundAccount.kind, func.sum(signed))
        .join(FundEntry, FundAccount.id == into)
        .where((FundEntry.from_account_id == account_id) | (FundEntry.to_account_id == account_id))
        .group_by(FundAccount.kind)
    )
    gone = {row[0]: int(row[1]) for row in rows}
    if gone.get("uncommitted"):
        said = Sentence("退回的资金已再安排，不能冲销。", "What was returned was freed and used again.")
        raise ConflictError("over_returned", said)
    return "source" if gone.get("source") else "uncommitted"


def _take_back_receipt(act: Act, book: Rulebook, posting_id: int, item_id: int, reason: str) -> None:
    """Refuse the receipt after all; a settled disbursement is open again, unless its allocation is settled itself."""
    item = load(act.connection, item_id)
    above = act.connection.execute(
        select(Item.state, Allocation.year)
        .join(Allocation, Allocation.item_id == Item.id)
        .where(Item.id == item.parent_id)
    ).one()
    if above.state != "allocated" or above.year != act.today.year:
        said = Sentence("该项资金安排已决算，票据不再冲销。", "The allocation is settled: its receipts stay.")
        raise ConflictError("allocation_settled", said)
    refused = {"outcome": "refused", "decided_by": act.acting.person_id, "decided_at": act.now}
    act.connection.execute(update(Spending).where(Spending.posting_id == posting_id).values(**refused))
    if item.closed_at is not None:
        acting = Acting(act.acting.person_id, "system", act.acting.capacity)
        take(act.connection, book, acting, act.now, item, "reopen", {"note": reason}, source=act.source)
