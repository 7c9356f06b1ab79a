"""What the steps of an allocation set off until it is allocated, and what ends it: reserve, settle, commit, release."""

from sqlalchemy import delete, insert, select, update

from app.core.errors import Fault, ForbiddenError, InvalidError, Sentence
from app.core.money import format_amount
from app.models.allocation import Allocation, AllocationGoal, AllocationObjection, AllocationTranche
from app.models.fund import FundYear
from app.models.item import Item
from app.services.entering import search_text
from app.services.fund.call.decided import settle_by_call
from app.services.fund.posting import Leg, NewPosting, Posted, post
from app.services.fund.standing import Rule, Standing, read_standing, require_in_force
from app.services.numbering import format_number, take_number
from app.services.working import FollowUp, Work
from workflows.money.shares import split_sum
from workflows.roles import Duty

_LEADERS_STATE = "leadership_approval"


def stand(work: Work) -> Standing:
    """Return how the allocation of a step stands now."""
    return read_standing(work.connection, work.item.id, work.today)


def _stand_still(work: Work) -> Standing:
    """Return how it stands and will until the unit ends where what is free decides more than a refusal.

    Under `stop` the posting refuses what is not there; otherwise whether it is there decides what is done.
    """
    standing = stand(work)
    if rule_of(standing).control == "stop":
        return standing
    own = (FundYear.fund_id == standing.fund_id) & (FundYear.year == standing.year)
    work.connection.execute(select(FundYear.year).where(own).with_for_update(key_share=True)).first()
    return stand(work)


def _hold(work: Work) -> None:
    """Hold the item ahead of its update: every step holds its item before what belongs to it, the series, the year."""
    work.connection.execute(select(Item.id).where(Item.id == work.item.id).with_for_update(key_share=True)).first()


def rule_of(standing: Standing) -> Rule:
    """Return the rule of the day; ConflictError before the fund's first one."""
    return require_in_force(standing.rule)


def post_for(
    work: Work, standing: Standing, operation: str, legs: list[Leg], *, basis: str | None = None,
    note: str | None = None, is_exception: bool = False,
) -> Posted | None:  # fmt: skip
    """Post what a step on an allocation moves, on the city's day; legs of nothing are left out, None without any."""
    moved = [leg for leg in legs if leg.amount_fen > 0]
    if not moved:
        return None
    new = NewPosting(
        standing.fund_id, standing.year, operation, moved, work.today, rule_of(standing).id, item_id=work.item.id,
        basis=basis, note=note, is_exception=is_exception,
    )  # fmt: skip
    return post(work.connection, work.acting, work.now, new)


def write_allocation(work: Work, **values: object) -> None:
    """Write columns of the allocation's own table."""
    work.connection.execute(update(Allocation).where(Allocation.item_id == work.item.id).values(**values))


def reserve_money(work: Work) -> None:
    """Reserve what is asked for; a head's own submission goes straight to finance.

    Where the balance does not cover it: under `stop` a ConflictError, under `warn` nothing is reserved until the named
    post decides, under `free` it is overdrawn and marked.
    """
    standing = _stand_still(work)
    is_short = standing.facts.is_short
    control = rule_of(standing).control
    if not (is_short and control == "warn"):
        leg = Leg(standing.free, standing.account("reserved"), standing.facts.need_fen)
        post_for(work, standing, "reserve", [leg], is_exception=is_short and control == "free")
    write_allocation(work, granted_fen=None, exception_by=None, basis=None)
    if work.acting.capacity is not None and work.acting.capacity.duty is Duty.HEAD:
        work.follow_ups.append(FollowUp(work.item.id, "pass_on"))


def settle_amount(work: Work) -> None:
    """Keep the amount granted and the decision's number; over the balance only the fund's named post decides.

    For a request of a call that is exactly what the call decided (`fund.call.decided`).
    """
    _hold(work)
    standing = stand(work)
    wanted = work.values.get("amount")
    granted = settle_by_call(work.connection, work.item.id, wanted) or wanted or standing.wanted_fen
    _require_amount(standing, granted)
    kept: dict[str, object] = {"granted_fen": granted}
    if work.values.get("basis"):
        kept["basis"] = work.values["basis"]
    rule = rule_of(standing)
    is_short = granted - standing.reserved_fen > standing.free_fen
    if is_short and rule.control == "warn" and work.step.action != "refer":
        post_id = work.acting.capacity.post_id if work.acting.capacity else None
        if work.item.state != _LEADERS_STATE or post_id != rule.exception_post_id:
            missing = granted - standing.reserved_fen - standing.free_fen
            said = Sentence(
                f"余额不足（差{format_amount(missing)}元），只能由该资金指定的特批人审批。",
                f"The balance is short by {format_amount(missing)}: only the post that the fund's rule names decides.",
            )
            raise ForbiddenError("not_exception_approver", said)
        kept["exception_by"] = work.acting.person_id
    write_allocation(work, **kept)
    work.values["amount"] = granted


def _require_amount(standing: Standing, granted: int) -> None:
    if granted > standing.requested_fen:
        said = Sentence(
            f"核定金额不能超过申请的{format_amount(standing.requested_fen)}元。",
            f"Not more than was asked for: {format_amount(standing.requested_fen)}.",
        )
        raise InvalidError([Fault("amount", said)])
    if standing.minimum_fen is not None and granted < standing.minimum_fen:
        said = Sentence(
            f"低于申请写明的最低金额{format_amount(standing.minimum_fen)}元；不足以实施，请退回或不予安排。",
            f"Less than the stated minimum of {format_amount(standing.minimum_fen)}: return or reject it instead.",
        )
        raise InvalidError([Fault("amount", said)])


def start_notice(work: Work) -> None:
    """Begin the public notice: so many working days as the fund's rule of the day asks for."""
    calendar = work.book.calendar(work.connection, work.item.calendar_revision)
    days = rule_of(stand(work)).notice_workdays
    until_on = calendar.add_workdays(calendar.start_day(work.now), days)
    write_allocation(work, notice_from_on=work.today, notice_until_on=until_on)
    work.values["notice_until_on"] = until_on


def give_allocation_number(work: Work) -> None:
    """Give the allocation its document's number, by the fund's word: 云财专〔2026〕3号."""
    _hold(work)
    sign = rule_of(stand(work)).number_sign
    number = format_number(sign, work.today.year, take_number(work.connection, "allocation", work.today.year, sign))
    work.changes |= {"number": number, "search_text": search_text(work.item.title, number)}
    work.values["number"] = number


def commit_money(work: Work) -> None:
    """Commit what was granted: what is reserved, what is missing from the free balance; the rest becomes free again.

    The instalments are cut to what was granted, each in proportion, to the fen.
    """
    standing = _stand_still(work)
    granted = standing.wanted_fen
    from_reserved = min(standing.reserved_fen, granted)
    legs = [
        Leg(standing.account("reserved"), standing.account("committed"), from_reserved),
        Leg(standing.free, standing.account("committed"), granted - from_reserved),
        Leg(standing.account("reserved"), standing.free, standing.reserved_fen - from_reserved),
    ]
    is_short = granted - from_reserved > standing.free_fen
    rule = rule_of(standing)
    is_exception = is_short and (rule.control == "free" or standing.exception_by is not None)
    basis = work.values.get("basis")
    post_for(work, standing, "commit", legs, basis=basis, is_exception=is_exception)
    write_allocation(work, granted_fen=granted, allocated_on=work.today)
    amounts = [one.amount_fen for one in standing.tranches]
    if sum(amounts) != granted:
        _cut_tranches(work, standing, granted)


def _cut_tranches(work: Work, standing: Standing, granted: int) -> None:
    parts = split_sum(granted, [one.amount_fen for one in standing.tranches])
    for tranche, fen in zip(standing.tranches, parts, strict=True):
        own = (AllocationTranche.item_id == work.item.id) & (AllocationTranche.seq == tranche.seq)
        if fen:
            work.connection.execute(update(AllocationTranche).where(own).values(amount_fen=fen))
        else:
            work.connection.execute(delete(AllocationTranche).where(own))


def release_money(work: Work) -> None:
    """Free what is reserved or committed and not paid; a request that goes back is asked anew, as it asks."""
    standing = stand(work)
    legs = [Leg(standing.account(kind), standing.free, fen) for kind, fen in _held(standing)]
    post_for(work, standing, "release", legs, note=work.values.get("reason") or work.values.get("note"))
    ended: dict[str, object] = {"notice_from_on": None, "notice_until_on": None}
    if work.step.action == "return":
        ended |= {"granted_fen": None, "exception_by": None, "basis": None}
    write_allocation(work, **ended)


def _held(standing: Standing) -> list[tuple[str, int]]:
    return [("reserved", standing.reserved_fen), ("committed", standing.committed_fen)]


def record_objection(work: Work) -> None:
    """Keep an objection raised during the notice; it waits for an answer."""
    row = {
        "item_id": work.item.id, "said_by": work.values["said_by"], "text": work.values["text"],
        "recorded_at": work.now, "recorded_by": work.acting.person_id,
    }  # fmt: skip
    work.connection.execute(insert(AllocationObjection), row)


def answer_objection(work: Work) -> None:
    """Answer every objection that waits."""
    answered = {"answer": work.values["answer"], "answered_at": work.now, "answered_by": work.acting.person_id}
    waiting = (AllocationObjection.item_id == work.item.id) & AllocationObjection.answered_at.is_(None)
    work.connection.execute(update(AllocationObjection).where(waiting).values(**answered))


def keep_results(work: Work) -> None:
    """Keep what was achieved, goal by goal; instalments not drawn fall away. InvalidError when a goal has no result."""
    given: dict[str, str] = work.values.get("goal_results") or {}
    goals = work.connection.execute(
        select(AllocationGoal.seq, AllocationGoal.indicator)
        .where(AllocationGoal.item_id == work.item.id)
        .order_by(AllocationGoal.seq)
    ).all()
    missing = [goal for goal in goals if not given.get(str(goal.seq))]
    if missing:
        faults = [
            Fault(
                f"goal_results.{goal.seq}",
                Sentence(f"请填写“{goal.indicator}”的完成情况。", f"Give the result of {goal.indicator!r}."),
            )
            for goal in missing
        ]
        raise InvalidError(faults)
    for goal in goals:
        own = (AllocationGoal.item_id == work.item.id) & (AllocationGoal.seq == goal.seq)
        work.connection.execute(update(AllocationGoal).where(own).values(result=given[str(goal.seq)]))
    write_allocation(work, results=work.values["results"])
    # Their money is freed: sent back, the allocation has only what is still behind it.
    for tranche in stand(work).tranches:
        if not tranche.is_drawn:
            own = (AllocationTranche.item_id == work.item.id) & (AllocationTranche.seq == tranche.seq)
            work.connection.execute(delete(AllocationTranche).where(own))


def keep_evaluation(work: Work) -> None:
    """Keep the score, and what was found; a poor one sends the project's next request to the leadership group."""
    write_allocation(work, score=work.values["score"], assessment=work.values["assessment"])
