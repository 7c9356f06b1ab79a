"""What a call means for its requests' own workflow: nothing before it is decided, then exactly what was decided."""

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.core.money import format_amount
from app.models.call import CallDecision, CallEntry, FundCall

_RUNNING = ("open", "scoring", "proposed")
_WEIGHED = ("scoring", "proposed")


def settle_by_call(connection: Connection, item_id: int, wanted_fen: int | None) -> int | None:
    """Return the amount that a call decided for a request; None when it stands in no call.

    `wanted_fen` is what somebody wants to grant, None: whatever was decided. ConflictError while the call is not
    decided or when it decided nothing for the request, InvalidError for another amount than decided.
    """
    found = connection.execute(
        select(FundCall.title, FundCall.state, CallDecision.amount_fen)
        .join(CallEntry, CallEntry.call_id == FundCall.id)
        .outerjoin(CallDecision, CallDecision.entry_id == CallEntry.id)
        .where(CallEntry.item_id == item_id, CallEntry.withdrawn_at.is_(None))
    ).first()
    if found is None:
        return None
    if found.state in _RUNNING:
        said = Sentence(
            f"该申请已参加“{found.title}”，须待其决定后办理。",
            f"The request takes part in the call {found.title!r}, which is not decided yet.",
        )
        raise ConflictError("call_not_decided", said)
    if found.amount_fen is None:  # it had ended before the call was decided
        return None
    if found.amount_fen == 0:
        said = Sentence(
            f"“{found.title}”决定不安排该申请，只能不予安排。",
            f"The call {found.title!r} decided nothing for this request: it can only be rejected.",
        )
        raise ConflictError("call_decided_nothing", said)
    if wanted_fen not in (None, found.amount_fen):
        amount = format_amount(found.amount_fen)
        said = Sentence(
            f"“{found.title}”决定安排{amount}元，核定金额须与之一致。",
            f"The call {found.title!r} decided {amount}; no other amount is granted.",
        )
        raise InvalidError([Fault("amount", said)])
    return int(found.amount_fen)


def require_amendable(connection: Connection, item_id: int) -> None:
    """ConflictError while a call weighs the request against others: what it asks for stands until the decision."""
    found = connection.execute(
        select(FundCall.title)
        .join(CallEntry, CallEntry.call_id == FundCall.id)
        .where(CallEntry.item_id == item_id, CallEntry.withdrawn_at.is_(None), FundCall.state.in_(_WEIGHED))
    ).first()
    if found is not None:
        said = Sentence(
            f"该申请正在“{found.title}”中评审，决定前不能修改。",
            f"The request is being weighed in the call {found.title!r}; it is not changed before the decision.",
        )
        raise ConflictError("being_weighed", said)
