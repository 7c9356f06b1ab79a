"""Departments enter their requests in an open call, and withdraw them while it is open."""

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, NotFoundError, Sentence
from app.models.allocation import Allocation
from app.models.call import CallEntry
from app.policy.fund import list_drafting
from app.policy.people import Actor
from app.services.act import Act
from app.services.fund.call.holding import HeldCall, read_call, require_state
from app.services.loading import Loaded, load_for_actor
from workflows.money.call import ENTERABLE, ENTRIES_MAX

_NO_ENTRY = ("该通知中没有这项申请。", "No such request in this call.")


def enter_request(act: Act, actor: Actor, call_id: int, item_id: int) -> int:
    """Enter a request of one's own department; return the entry's id.

    NotFoundError for what may not be read, ForbiddenError for others' requests, ConflictError when the call takes none
    now or the request stands in a call already, InvalidError for another fund's or a decided request.
    """
    item, _ = load_for_actor(act.connection, item_id, actor.person_id, act.now, act.today, lock=True)
    _require_own(actor, item)
    call = _hold_open(act, call_id)
    _check_request(act, call, item)
    taking_part = select(func.count()).where(CallEntry.call_id == call.id, CallEntry.withdrawn_at.is_(None))
    if act.connection.execute(taking_part).scalar_one() >= ENTRIES_MAX:
        said = Sentence(f"一次最多受理{ENTRIES_MAX}项申请。", f"A call takes {ENTRIES_MAX} requests at most.")
        raise ConflictError("call_full", said)
    row = {"call_id": call.id, "item_id": item_id, "entered_by": act.acting.person_id, "entered_at": act.now}
    try:
        entry_id = int(act.connection.execute(insert(CallEntry).returning(CallEntry.id), row).scalar_one())
    except IntegrityError as error:
        said = Sentence("该申请已在一个申报通知中。", "The request stands in a call already.")
        raise ConflictError("already_entered", said) from error
    act.audit("enter_call", f"call:{call.id}", item_id=item_id, after={"entry_id": entry_id})
    return entry_id


def withdraw_entry(act: Act, actor: Actor, call_id: int, entry_id: int) -> None:
    """Take one's own department's request out of an open call."""
    found = act.connection.execute(
        select(CallEntry.item_id, CallEntry.withdrawn_at).where(CallEntry.id == entry_id, CallEntry.call_id == call_id)
    ).first()
    if found is None:
        raise NotFoundError(*_NO_ENTRY)
    item, _ = load_for_actor(act.connection, found.item_id, actor.person_id, act.now, act.today, lock=True)
    _require_own(actor, item)
    call = _hold_open(act, call_id)
    gone = {"withdrawn_by": act.acting.person_id, "withdrawn_at": act.now}
    own = (CallEntry.id == entry_id) & CallEntry.withdrawn_at.is_(None)
    if act.connection.execute(update(CallEntry).where(own).values(**gone)).rowcount != 1:
        raise ConflictError("already_withdrawn", Sentence("该申请已退出。", "The request takes part no more."))
    act.audit("leave_call", f"call:{call.id}", item_id=item.id, after={"entry_id": entry_id})


def _hold_open(act: Act, call_id: int) -> HeldCall:
    call = read_call(act.connection, call_id, act.today, lock=True)
    require_state(call, ("open",))
    if not call.opens_on <= act.today <= call.closes_on:
        said = Sentence(
            f"申报时间为{call.opens_on}至{call.closes_on}，现在不受理。",
            f"Requests are taken from {call.opens_on} to {call.closes_on}, not now.",
        )
        raise ConflictError("call_closed", said)
    return call


def _require_own(actor: Actor, item: Loaded) -> None:
    if not list_drafting(actor, (item.owner_department_id, item.section_id)):
        said = Sentence("由申请单位办理。", "This is for the department that asks.")
        raise ForbiddenError("not_yours", said)


def _check_request(act: Act, call: HeldCall, item: Loaded) -> None:
    if item.kind != "allocation":
        raise InvalidError([Fault("item", Sentence("应为资金安排申请。", "A request for money from a fund."))])
    own = act.connection.execute(select(Allocation.fund_id, Allocation.year).where(Allocation.item_id == item.id)).one()
    if (own.fund_id, own.year) != (call.fund_id, call.year):
        said = Sentence("不是该资金该年度的申请。", "It asks for another fund or year.")
        raise InvalidError([Fault("item", said)])
    if item.state not in ENTERABLE:
        said = Sentence("只有尚未决定的申请可以参加。", "Only a request that was not decided on takes part.")
        raise ConflictError("wrong_state", said)
