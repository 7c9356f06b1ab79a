"""Acts on a round of signatures: signing, and the moves of signers; each written as a step of the item.

The item's row is locked by the caller. What decides the round then fires the workflow's next step, which is the
caller's too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, ForbiddenError, Sentence
from app.models.organisation import Person
from app.models.record import Signature
from app.policy import access
from app.policy.people import Actor
from app.services.loading import Loaded
from app.services.recording import Acting, name_signer, owe, write_audit, write_history
from app.services.signing.binding import refuse_changed
from app.services.signing.input import (
    ADD,
    LEND,
    REMOVE,
    SIGN,
    TAKE_BACK,
    TRANSFER,
    MoveInput,
    peek_slot,
    read_move,
    refuse_field,
)
from app.services.signing.rounds import OpenRound, save
from app.services.signing.signers import (
    Candidate,
    Pair,
    capacities_for,
    choose_slot,
    find_heirs,
    find_pairs,
    list_candidates,
    list_removable,
    list_signed,
    name_person,
    pick_post,
)
from app.services.submission import OWN_SUBMISSION, OWN_SUBMISSION_SAID
from workflows.roles import OFFICE, Capacity, Duty
from workflows.signing import moves
from workflows.signing.moves import MoveError
from workflows.signing.round import Round, Slot, fits

#: The topic under which a signer hears that it is their turn.
TURN = "sign_turn"
#: Whoever is named as a signer reads the item; whoever is not any more does so no longer.
_CHANGES_READERS = frozenset({ADD, LEND, REMOVE, TRANSFER})


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody wants done to a round; `own` are the people who submitted the item, `version` what was seen."""

    connection: Connection
    item: Loaded
    actor: Actor
    now: datetime
    today: date
    action: str
    fields: Mapping[str, Any]
    version: int | None
    as_post: int | None
    source: str
    own: frozenset[int]
    zone: ZoneInfo
    given: MoveInput = field(default_factory=MoveInput)


@dataclass(frozen=True, slots=True)
class Done:
    """The round after an act, and in which post it was done."""

    round_: Round
    capacity: Capacity
    remark: str | None


def act_on(act: Act, open_: OpenRound) -> Done:
    """Sign or move, and write it; nothing of the item itself changes here.

    Raises ForbiddenError, ConflictError and InvalidError with the reason.
    """
    choose, move = _HANDLERS[act.action]
    slot, capacity = choose(replace(act, given=MoveInput(slot=peek_slot(act.fields))), open_)
    act = replace(act, given=read_move(act.action, act.fields))
    try:
        after = move(act, open_, slot, capacity)
    except MoveError as error:
        raise ConflictError(error.code, Sentence(error.says.zh, error.says.en)) from None
    acting = Acting(act.actor.person_id, _name_role(slot, capacity, act), capacity)
    save(act.connection, open_.id, open_.slots, after, act.now)
    if act.action == SIGN:
        _write_signature(act, open_, slot, acting)
    _record(act, open_, slot, acting, after)
    tell_turns(act, open_.slots, after)
    if act.action in _CHANGES_READERS:
        access.refresh(act.connection, [act.item.id])
    return Done(after, capacity, act.given.remark)


def _name_role(slot: Slot, capacity: Capacity, act: Act) -> str:
    """Return the role in which somebody acts on a slot: the office's where it takes a signer away."""
    is_own = fits(slot, capacity, act.item.place) or slot.signer_id == act.actor.person_id
    return OFFICE.name if act.action == REMOVE and not is_own and capacity.duty is Duty.OFFICE else slot.role


def _mine(act: Act, slots: Sequence[Slot]) -> list[Pair]:
    """Return the slots of the actor's; ForbiddenError where they would judge what they submitted."""
    pairs = find_pairs(act.connection, slots, act.item, act.actor, act.today)
    left = [pair for pair in pairs if pair[1].people.isdisjoint(act.own)]
    if pairs and not left:
        raise ForbiddenError(OWN_SUBMISSION, OWN_SUBMISSION_SAID)
    return left


def _choose_to_sign(act: Act, open_: OpenRound) -> Pair:
    refuse_changed(act.connection, open_, act.item.id, act.version)
    live = [slot for slot in open_.slots.slots if slot.is_live]
    return choose_slot(open_.slots, _mine(act, live), act.as_post)


def _choose_waiting(act: Act, open_: OpenRound) -> Pair:
    """Return the actor's slot that still waits, the one named if several do."""
    pairs = _mine(act, [slot for slot in open_.slots.slots if slot.is_live])
    return _pick(act, open_, [pair for pair in pairs if pair[0] in open_.slots.waiting()] or pairs)


def _choose_removable(act: Act, open_: OpenRound) -> Pair:
    def match(slot: Slot) -> tuple[Capacity, ...]:
        return capacities_for(act.connection, slot, act.item, act.actor, act.today)

    pairs = list_removable(open_.slots, act.item, act.actor, match)
    if act.given.slot is None and len({slot.number for slot, _ in pairs}) > 1:
        # Whoever named nobody must not lose a signer that they did not mean.
        raise refuse_field("slot", Sentence("请选定减去谁。", "Choose whom to remove."))
    return _pick(act, open_, pairs)


def _choose_signed(act: Act, open_: OpenRound) -> Pair:
    return _pick(act, open_, list_signed(open_.slots, act.actor))


def _pick(act: Act, open_: OpenRound, pairs: Sequence[Pair]) -> Pair:
    number = act.given.slot
    mine = [p for p in pairs if (number is None or p[0].number == number) and act.as_post in (None, p[1].post_id)]
    if not mine:
        who = open_.rule.who
        raise ForbiddenError("not_yours", Sentence(f"此签由{who.zh}签署。", f"This signature is for {who.en}."))
    return pick_post(mine)


def _sign(act: Act, open_: OpenRound, slot: Slot, capacity: Capacity) -> Round:
    verdict = cast("Literal['agree', 'refuse']", act.given.verdict)
    if slot.purpose == "opinion" and not act.given.remark:
        raise refuse_field("remark", Sentence("请写明意见。", "Say what you think."))
    return open_.slots.sign(slot.number, verdict, act.actor.person_id, capacity.post_id)


def _add(act: Act, open_: OpenRound, slot: Slot, _capacity: Capacity) -> Round:
    named = _find_new(act, open_)
    where = cast("moves.Where", act.given.place)
    return moves.add_signer(open_.slots, slot.number, where, name_person(named), act.actor.person_id)


def _lend(act: Act, open_: OpenRound, slot: Slot, _capacity: Capacity) -> Round:
    return moves.lend(open_.slots, slot.number, name_person(_find_new(act, open_)), act.actor.person_id)


def _transfer(act: Act, open_: OpenRound, slot: Slot, capacity: Capacity) -> Round:
    heirs = find_heirs(slot, capacity, _find_candidates(act), act.item)
    if not heirs:
        wanted = Sentence(
            "只能转办给同一单位的在任人员。", "Only somebody with a post in the same department can take it over."
        )
        raise refuse_field("signer", wanted)
    return moves.transfer(open_.slots, slot.number, name_person(heirs[0]), act.actor.person_id)


def _remove(_act: Act, open_: OpenRound, slot: Slot, _capacity: Capacity) -> Round:
    return moves.remove(open_.slots, slot.number)


def _take_back(act: Act, open_: OpenRound, slot: Slot, _capacity: Capacity) -> Round:
    return moves.take_back(open_.slots, slot.number, act.actor.person_id)


def _find_candidates(act: Act) -> list[Candidate]:
    """Return the posts of the person who was named; InvalidError for nobody, oneself, or whoever submitted the item."""
    signer = act.given.signer
    found = list_candidates(act.connection, act.today, person_id=signer)
    if not found:
        raise refuse_field("signer", Sentence("须是现任人员。", "Must be somebody who holds a post today."))
    if signer == act.actor.person_id:
        raise refuse_field("signer", Sentence("不能是您本人。", "Must be somebody else than yourself."))
    if signer in act.own:
        raise refuse_field("signer", Sentence("不能由提交人签署。", "Whoever submitted it does not sign it."))
    return found


def _find_new(act: Act, open_: OpenRound) -> Candidate:
    """Return the person who was named as a further signer; InvalidError when they are to sign already."""
    found = _find_candidates(act)
    waiting = open_.slots.waiting()
    if any(fits(slot, one.capacity, act.item.place) for slot in waiting for one in found):
        said = Sentence("此人已在待签之列。", "This person is among those who are to sign already.")
        raise refuse_field("signer", said)
    if any(slot.is_live and slot.signer_id == act.given.signer for slot in open_.slots.slots):
        raise refuse_field("signer", Sentence("此人已在本轮签署。", "This person has signed in this round."))
    near = {act.item.owner_department_id, *act.item.support_ids}
    return next((one for one in found if one.department_id in near), found[0])


_HANDLERS: dict[str, tuple[Callable[[Act, OpenRound], Pair], Callable[[Act, OpenRound, Slot, Capacity], Round]]] = {
    SIGN: (_choose_to_sign, _sign),
    ADD: (_choose_waiting, _add),
    LEND: (_choose_waiting, _lend),
    TRANSFER: (_choose_waiting, _transfer),
    REMOVE: (_choose_removable, _remove),
    TAKE_BACK: (_choose_signed, _take_back),
}


def _write_signature(act: Act, open_: OpenRound, slot: Slot, acting: Acting) -> None:
    """Add the signature; it is bound to the version that the round was opened on."""
    if acting.capacity is None:
        raise AssertionError("a signature is given in a post")
    act.connection.execute(
        insert(Signature).values(
            sign_off_id=open_.id,
            slot=slot.number,
            person_id=acting.person_id,
            on_behalf_of=acting.behalf,
            post_id=acting.capacity.post_id,
            verdict=act.given.verdict,
            remark=act.given.remark,
            content_version=open_.content_version,
            signed_at=act.now,
        )
    )


def _record(act: Act, open_: OpenRound, slot: Slot, acting: Acting, after: Round) -> None:
    data: dict[str, Any] = {"sign_off": open_.name, "slot": slot.number}
    given = act.given
    if act.action == SIGN:
        data |= {"verdict": given.verdict, "remark": given.remark}
    else:
        about = after.slots[-1].person_id if given.signer is not None else slot.person_id
        name = act.connection.execute(select(Person.name).where(Person.id == about)).scalar()
        data |= {"place": given.place, "signer": about, "signer_name": name, "reason": given.reason}
    if slot.purpose == "opinion":
        data["is_opinion"] = True
    data = {name: value for name, value in data.items() if value is not None or name == "remark"}
    here = act.item.state
    write_history(
        act.connection, act.item, acting, act.now, action=act.action, from_state=here, to_state=here, data=data
    )
    write_audit(act.connection, acting, act.now, action=act.action, source=act.source, item_id=act.item.id, after=data)


def tell_turns(act: Act, before: Round, after: Round) -> None:
    """Owe a message to whoever may sign only since this act; a round that is decided asks nobody any more."""
    if after.decide() is not None:
        return
    was_due = {slot.number for slot in before.due()}
    known = {slot.number for slot in before.slots}
    payload = {"title": act.item.title, "reason": act.given.reason, "by": act.actor.person_id}
    for slot in after.due():
        if slot.number in was_due or act.action == TAKE_BACK:
            continue
        topic = f"{act.item.kind}.{TURN if slot.number in known else act.action}"
        key = name_signer(slot.role, slot.department_id, slot.person_id)
        owe(act.connection, act.item, [key], act.now, topic=topic, payload=payload)
