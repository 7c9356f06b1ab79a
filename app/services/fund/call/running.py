"""A call is opened, closed for requests so that reviewers score, or cancelled."""

from sqlalchemy import func, select, update

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.core.text import clean
from app.models.call import CallEntry
from app.services.act import Act
from app.services.fund.call.holding import HeldCall, move, read_call, require_state, require_version

REASON_MAX = 1000


def open_call(act: Act, call_id: int, version: int | None) -> int:
    """Publish a call: from its first day on departments enter their requests. Return its new version."""
    call = _hold(act, call_id, version, "drafted")
    if call.closes_on < act.today:
        said = Sentence("截止日已过，请先修改日期。", "Its last day has passed: change the days first.")
        raise ConflictError("call_over", said)
    return move(act, call, "open_call", state="open")


def start_scoring(act: Act, call_id: int, version: int | None) -> int:
    """Close a call for requests after its last day; the reviewers score. Return its new version."""
    call = _hold(act, call_id, version, "open")
    if act.today <= call.closes_on:
        said = Sentence(
            f"申报截止日为{call.closes_on}，截止后方可开始评审。",
            f"Requests may be entered until {call.closes_on}; scoring begins after that.",
        )
        raise ConflictError("call_still_open", said)
    taking_part = select(func.count()).where(CallEntry.call_id == call.id, CallEntry.withdrawn_at.is_(None))
    if not act.connection.execute(taking_part).scalar_one():
        said = Sentence("没有申请参加，无从评审；可撤销此通知。", "No request takes part; the call may be cancelled.")
        raise ConflictError("no_entries", said)
    return move(act, call, "start_scoring", state="scoring")


def cancel_call(act: Act, call_id: int, version: int | None, reason: str) -> int:
    """End a call without a decision; its requests are free for others. Return its new version."""
    call = _hold(act, call_id, version, "drafted", "open", "scoring", "proposed")
    said = clean(reason, newlines=True)
    if not 1 <= len(said) <= REASON_MAX:
        wanted = Sentence(f"请写明理由，最多{REASON_MAX}字。", f"Give a reason of at most {REASON_MAX} characters.")
        raise InvalidError([Fault("reason", wanted)])
    gone = {"withdrawn_by": act.acting.person_id, "withdrawn_at": act.now}
    taking_part = (CallEntry.call_id == call.id) & CallEntry.withdrawn_at.is_(None)
    act.connection.execute(update(CallEntry).where(taking_part).values(**gone))
    return move(act, call, "cancel_call", state="cancelled", cancel_reason=said)


def _hold(act: Act, call_id: int, version: int | None, *states: str) -> HeldCall:
    call = read_call(act.connection, call_id, act.today, lock=True)
    require_version(call, version)
    require_state(call, states)
    return call
