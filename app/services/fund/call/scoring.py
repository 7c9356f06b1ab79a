"""Reviewers score requests, each by themselves and once; never one in which they have an interest."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.models.call import CallEntry, CallReviewer, CallScore
from app.models.item import Item
from app.policy.access import can_read
from app.policy.call import has_interest
from app.policy.people import Actor
from app.services.act import Act
from app.services.fund.call.holding import HeldCall, read_call, require_state
from workflows.money.call import POINTS_MAX

_NO_ENTRY = ("该通知中没有这项申请。", "No such request in this call.")


def score_entry(act: Act, actor: Actor, call_id: int, entry_id: int, points: Sequence[int]) -> None:
    """Keep a reviewer's points for a request: one a criterion, 0 to 100, in the order of the criteria.

    ForbiddenError for who is no reviewer or has an interest, ConflictError outside scoring or the second time,
    InvalidError for wrong points.
    """
    call = read_call(act.connection, call_id, act.today, lock=True)
    _require_reviewer(act, actor, call)
    found = act.connection.execute(
        select(
            CallEntry.withdrawn_at, Item.closed_at, Item.owner_department_id, Item.section_id, Item.created_by,
            Item.confidential, Item.id,
        )
        .join(Item, Item.id == CallEntry.item_id)
        .where(CallEntry.id == entry_id, CallEntry.call_id == call.id)
    ).first()  # fmt: skip
    if found is None or (found.confidential and not can_read(act.connection, actor.readers, found.id)):
        raise NotFoundError(*_NO_ENTRY)
    if has_interest(actor, found.owner_department_id, found.section_id, found.created_by):
        said = Sentence(
            "您属于申请单位或起草了该申请，应当回避。", "You belong to the department that asks, or drafted it: recuse."
        )
        raise ForbiddenError("conflict_of_interest", said)
    require_state(call, ("scoring",))
    if found.withdrawn_at is not None or found.closed_at is not None:
        raise ConflictError("already_withdrawn", Sentence("该申请已退出。", "The request takes part no more."))
    _check(call, points)
    rows = [
        {"entry_id": entry_id, "reviewer_id": actor.person_id, "criterion": place, "call_id": call.id, "points": one,
         "scored_at": act.now}
        for place, one in enumerate(points, 1)
    ]  # fmt: skip
    try:
        act.connection.execute(insert(CallScore), rows)
    except IntegrityError as error:
        said = Sentence("您已给这项申请评分，评分不能更改。", "You scored this request; scores are not changed.")
        raise ConflictError("already_scored", said) from error
    # The points themselves stand in their own table, which not everybody may see yet who reads the log.
    act.audit("score_entry", f"call:{call.id}", after={"entry_id": entry_id})


def _require_reviewer(act: Act, actor: Actor, call: HeldCall) -> None:
    own = (CallReviewer.call_id == call.id) & (CallReviewer.person_id == actor.person_id)
    if act.connection.execute(select(CallReviewer.call_id).where(own)).first() is None:
        said = Sentence("由该通知指定的评审人评分。", "This is for the call's reviewers.")
        raise ForbiddenError("reviewers_only", said)


def _check(call: HeldCall, points: Sequence[int]) -> None:
    count = len(call.criteria)
    if len(points) != count:
        said = Sentence(f"应有{count}项评分，每项标准一个。", f"{count} scores, one a criterion.")
        raise InvalidError([Fault("points", said)])
    said = Sentence(f"应为0至{POINTS_MAX}的整数。", f"A whole number from 0 to {POINTS_MAX}.")
    faults = [
        Fault(f"points[{place}]", said)
        for place, one in enumerate(points, 1)
        if isinstance(one, bool) or not 0 <= one <= POINTS_MAX
    ]
    if faults:
        raise InvalidError(faults)
