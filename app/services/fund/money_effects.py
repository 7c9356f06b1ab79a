"""What is done to allocated money beside paying it: instalments, milestones, transfers, idle money."""

import re
from typing import Any

from sqlalchemy import delete, insert, select, true, update

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.core.money import format_amount
from app.core.text import TITLE_MAX
from app.models.allocation import Allocation, AllocationTranche, AllocationTransfer
from app.models.item import Item, Support
from app.policy import access
from app.policy.people import find_actor
from app.services.entering import NewItem, enter_items
from app.services.fund.allocation_effects import post_for, stand, write_allocation
from app.services.fund.posting import Leg
from app.services.fund.standing import Standing, Tranche, read_standings
from app.services.supervision.departments import require_open
from app.services.working import FollowUp, Work

_ACCOUNT = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z -]{4,38})[0-9A-Za-z]")


def file_disbursement(work: Work) -> None:
    """Ask for the next instalment: an item of its own, below the allocation; instalments are drawn in their order."""
    standing = stand(work)
    tranche = _require_next(standing, work.values["instalment"])
    payee = work.values.get("department") or standing.department_id
    if payee is None:
        raise AssertionError("an allocation has its department")
    require_open(work.connection, payee, work.today, "department")
    _require_partner(work, payee)
    require_account(work.values["account"])
    title = f"{work.item.title}（第{tranche.seq}期拨付）"
    new = NewItem(
        kind="disbursement",
        title=title if len(title) <= TITLE_MAX else title[: TITLE_MAX - 1] + "…",
        parent_id=work.item.id,
        owner_department_id=work.item.owner_department_id,
        due_on=work.item.due_on,
        confidential=work.item.confidential,
        currency=standing.currency,
        supports=[(standing.fund_department_id, None, None)],
        details={
            "fund_id": standing.fund_id,
            "tranche_seq": tranche.seq,
            "amount_fen": tranche.amount_fen,
            "payee_department_id": payee,
            "account": work.values["account"],
            "bank": work.values["bank"],
            "contract": work.values.get("contract"),
        },
    )
    made = enter_items(work.connection, work.book, work.acting, work.now, [new], source=work.source)
    work.values |= {"disbursement_id": made[0], "amount": tranche.amount_fen}
    write_allocation(work, idle_warned_on=None, take_back_from_on=None)


def _require_partner(work: Work, payee: int) -> None:
    """Refuse a payee that is neither the department that asked nor the project's lead nor one of its supporters."""
    if payee == work.item.owner_department_id:
        return
    partners = (
        select(Item.owner_department_id)
        .where(Item.id == work.item.parent_id)
        .union(select(Support.department_id).where(Support.item_id == work.item.parent_id))
    )
    if payee not in set(work.connection.execute(partners).scalars()):
        said = Sentence(
            "收款单位应为本单位或项目的牵头、配合单位。", "The own department, or one of the project's departments."
        )
        raise InvalidError([Fault("department", said)])


def require_account(account: str) -> None:
    """Refuse what cannot be the number of a bank account."""
    if not _ACCOUNT.fullmatch(account):
        said = Sentence(
            "应为6至40位的账号（数字、字母、空格或连字符）。", "An account number of 6 to 40 digits and letters."
        )
        raise InvalidError([Fault("account", said)])


def _require_next(standing: Standing, seq: int) -> Tranche:
    known = {one.seq: one for one in standing.tranches}
    coming = standing.next_tranche
    if seq not in known:
        listed = ", ".join(str(one) for one in known)
        said = Sentence(f"没有这一期，可填：{listed}。", f"There is no such instalment; known: {listed}.")
        raise InvalidError([Fault("instalment", said)])
    if known[seq].is_drawn:
        said = Sentence("这一期已经申请拨付。", "This instalment is asked for already.")
        raise ConflictError("drawn_already", said)
    if coming is None or coming.seq != seq:
        said = Sentence("须按期次顺序申请拨付。", "Instalments are drawn in their order.")
        raise ConflictError("not_next", said)
    if coming.is_held:
        said = Sentence(
            f"节点“{coming.milestone}”尚未完成，不能拨付。",
            f"The milestone {coming.milestone!r} is not met: the instalment is held.",
        )
        raise ConflictError("milestone_not_met", said)
    return coming


def meet_milestone(work: Work) -> None:
    """Confirm that an instalment's milestone is met, with the proof; the instalment can be drawn then."""
    seq = work.values["instalment"]
    own = (AllocationTranche.item_id == work.item.id) & (AllocationTranche.seq == seq)
    met = update(AllocationTranche).where(
        own, AllocationTranche.milestone.is_not(None), AllocationTranche.met_on.is_(None)
    )
    values = {"met_on": work.today, "met_by": work.acting.person_id, "met_evidence": work.values["evidence"]}
    if work.connection.execute(met.values(**values)).rowcount != 1:
        said = Sentence("这一期没有待确认的节点。", "This instalment has no milestone that waits to be confirmed.")
        raise InvalidError([Fault("instalment", said)])


def propose_transfer(work: Work) -> None:
    """Ask that committed money go to another allocation of the same fund and year."""
    standing = stand(work)
    into, amount = work.values["into"], work.values["amount"]
    _require_undrawn(standing, amount)
    _require_receiver(work, standing, into)
    row = {
        "from_item_id": work.item.id, "to_item_id": into, "amount_fen": amount, "reason": work.values["reason"],
        "proposed_by": work.acting.person_id, "proposed_at": work.now,
    }  # fmt: skip
    work.connection.execute(insert(AllocationTransfer), row)


def _require_receiver(work: Work, standing: Standing, into: int) -> None:
    """Refuse a receiver that is not allocated from the same fund, year and earmark, alike when it is hidden.

    Money of no earmark may go to any; an earmark's stays within it.
    """
    actor = find_actor(work.connection, work.acting.person_id, work.today, work.now)
    is_readable = actor is not None and access.can_read(work.connection, actor.readers, into)
    found = work.connection.execute(
        select(Item.state)
        .join(Allocation, Allocation.item_id == Item.id)
        .where(
            Item.id == into,
            Item.id != work.item.id,
            Item.state == "allocated",
            Allocation.fund_id == standing.fund_id,
            Allocation.year == standing.year,
            true() if standing.earmark_id is None else Allocation.earmark_id == standing.earmark_id,
        )
    ).first()
    if found is None or not is_readable:
        said = Sentence(
            "应为同一资金、同一年度已下达的另一项资金安排；专用额度的资金只在该额度内调剂。",
            "It must be another allocation of this fund and year; an earmark's money stays within the earmark.",
        )
        raise InvalidError([Fault("into", said)])


def _require_undrawn(standing: Standing, amount: int) -> None:
    undrawn = sum(one.amount_fen for one in standing.tranches if not one.is_drawn)
    if not 0 < amount <= undrawn:
        said = Sentence(
            f"尚未申请拨付的只有{format_amount(undrawn)}元。", f"Only {format_amount(undrawn)} is not asked for yet."
        )
        raise InvalidError([Fault("amount", said)])


def lock_transfer(work: Work) -> None:
    """Hold both allocations, by id, before the fund's year: two transfers that cross wait for each other."""
    pending = _read_pending(work)
    both = sorted((work.item.id, pending.to_item_id))
    work.connection.execute(
        select(Item.id).where(Item.id.in_(both)).order_by(Item.id).with_for_update(key_share=True)
    ).all()


def make_transfer(work: Work) -> None:
    """Move the committed money; the giver's last instalments shrink, the receiver's last one grows."""
    pending = _read_pending(work)
    standings = read_standings(work.connection, [work.item.id, pending.to_item_id], work.today)
    giver, taker = standings[work.item.id], standings[pending.to_item_id]
    _require_undrawn(giver, pending.amount_fen)
    if giver.year != taker.year:
        said = Sentence("两项资金安排已不在同一年度。", "The two are not in one fiscal year any more.")
        raise ConflictError("other_year", said)
    leg = Leg(giver.account("committed"), taker.account("committed"), pending.amount_fen)
    post_for(work, giver, "transfer", [leg], basis=work.values.get("basis"), note=pending.reason)
    _shrink(work, giver, pending.amount_fen)
    _grow(work, taker, pending.amount_fen)
    _end_transfer(work, "made")
    work.follow_ups.append(FollowUp(taker.item_id, "receive_transfer", {"amount": pending.amount_fen}))


def drop_transfer(work: Work) -> None:
    """Leave the money where it is."""
    _end_transfer(work, "refused")


def _read_pending(work: Work) -> Any:  # noqa: ANN401  # a row
    own = (AllocationTransfer.from_item_id == work.item.id) & AllocationTransfer.outcome.is_(None)
    return work.connection.execute(
        select(AllocationTransfer.to_item_id, AllocationTransfer.amount_fen, AllocationTransfer.reason).where(own)
    ).one()


def _end_transfer(work: Work, outcome: str) -> None:
    own = (AllocationTransfer.from_item_id == work.item.id) & AllocationTransfer.outcome.is_(None)
    ended = {"outcome": outcome, "decided_by": work.acting.person_id, "decided_at": work.now}
    work.connection.execute(update(AllocationTransfer).where(own).values(**ended))


def _shrink(work: Work, standing: Standing, amount: int) -> None:
    """Take an amount off the instalments that are not drawn, the last one first; an empty one goes."""
    left = amount
    for tranche in reversed([one for one in standing.tranches if not one.is_drawn]):
        own = (AllocationTranche.item_id == standing.item_id) & (AllocationTranche.seq == tranche.seq)
        part = min(left, tranche.amount_fen)
        if part == tranche.amount_fen:
            work.connection.execute(delete(AllocationTranche).where(own))
        else:
            work.connection.execute(update(AllocationTranche).where(own).values(amount_fen=tranche.amount_fen - part))
        left -= part
        if not left:
            return


def _grow(work: Work, standing: Standing, amount: int) -> None:
    """Add an amount to the last instalment that is not drawn, else a new one without a milestone."""
    undrawn = [one for one in standing.tranches if not one.is_drawn]
    if undrawn:
        own = (AllocationTranche.item_id == standing.item_id) & (AllocationTranche.seq == undrawn[-1].seq)
        work.connection.execute(update(AllocationTranche).where(own).values(amount_fen=undrawn[-1].amount_fen + amount))
        return
    seq = max((one.seq for one in standing.tranches), default=0) + 1
    row = {"item_id": standing.item_id, "seq": seq, "amount_fen": amount}
    work.connection.execute(insert(AllocationTranche), row)


def warn_idle(work: Work) -> None:
    """Warn that money lies idle: after the warning's working days it may be taken back."""
    calendar = work.book.calendar(work.connection, work.item.calendar_revision)
    rule = stand(work).rule
    days = rule.warning_workdays if rule else 0
    from_on = calendar.add_workdays(calendar.start_day(work.now), days + 1)
    write_allocation(work, idle_warned_on=work.today, take_back_from_on=from_on)
    work.values["take_back_from_on"] = from_on


def take_back_money(work: Work) -> None:
    """Free idle money that nobody has asked for, in full or in part."""
    standing = stand(work)
    amount = work.values["amount"]
    _require_undrawn(standing, amount)
    leg = Leg(standing.account("committed"), standing.free, amount)
    post_for(work, standing, "take_back", [leg], basis=work.values.get("basis"), note=work.values["reason"])
    _shrink(work, standing, amount)
    write_allocation(work, idle_warned_on=None, take_back_from_on=None)
