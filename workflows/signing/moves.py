"""The moves of signers on a round: add, remove, transfer, lend, take back. Pure: each returns the round after it.

Who may make a move is the shell's to say; what a move may do to a round is said here, with its reason when it may not.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from workflows.signing.round import SIGNER, Purpose, Round, Slot
from workflows.words import Text

Where = Literal["before", "beside", "after"]

#: More slots than this are no round that anybody could still follow.
SLOTS_MAX = 60


class MoveError(ValueError):
    """A move that the round does not admit: a stable code and a sentence."""

    def __init__(self, code: str, says: Text) -> None:
        super().__init__(code)
        self.code = code
        self.says = says


@dataclass(frozen=True, slots=True)
class Named:
    """A person as a signer: who, and in which department their post is."""

    person_id: int
    department_id: int


def add_signer(round_: Round, number: int, where: Where, named: Named, by: int) -> Round:
    """Return the round with one more signer (加签) before, beside or after the slot's; they must agree too.

    Before: the slot waits for them. Beside: both at once. After: they sign once the slot is signed, the outcome waits.
    """
    anchor = _waiting(round_, number)
    if anchor.purpose == "opinion":
        raise MoveError(
            "opinion_only", Text("受委派者只提意见，不能加签。", "Whoever is asked for an opinion adds none.")
        )
    return _append(
        round_,
        named,
        by,
        anchor,
        purpose="extra",
        before_slot=number if where == "before" else None,
        after_slot=number if where == "after" else None,
    )


def lend(round_: Round, number: int, named: Named, by: int) -> Round:
    """Return the round with somebody asked for an opinion (委派), which comes back to the slot's signer, who signs."""
    anchor = _waiting(round_, number)
    if anchor.purpose == "opinion":
        raise MoveError("opinion_only", Text("受委派者不能再委派。", "An opinion is not passed on to another."))
    return _append(round_, named, by, anchor, purpose="opinion", before_slot=number, after_slot=None)


def remove(round_: Round, number: int) -> Round:
    """Return the round without a signer who was added (减签), or with what was lent got back."""
    slot = _waiting(round_, number)
    if slot.purpose == "rule":
        raise MoveError(
            "signer_of_the_rule",
            Text("规则确定的签署人不能减去。", "A signer whom the rule names cannot be removed."),
        )
    return round_.with_slot(replace(slot, ended="removed"))


def transfer(round_: Round, number: int, named: Named, by: int) -> Round:
    """Return the round with another person in the slot's place for good (转办)."""
    slot = _waiting(round_, number)
    _refuse_twice(round_, named)
    heir = replace(
        slot,
        number=len(round_.slots) + 1,
        person_id=named.person_id,
        department_id=named.department_id,
        post_id=None,
        origin_slot=slot.number,
        added_by=by if slot.purpose == "rule" else slot.added_by,
    )
    return round_.with_slot(replace(slot, ended="transferred")).with_slot(heir)


def take_back(round_: Round, number: int, person_id: int) -> Round:
    """Return the round with a given signature taken back (取回): a successor of its slot waits anew."""
    slot = round_.slot(number)
    if not slot.is_live or slot.verdict is None or slot.signer_id != person_id:
        raise MoveError("not_signed", Text("没有您可以取回的签署。", "There is no signature of yours to take back."))
    if round_.behind(slot):
        raise MoveError(
            "others_acted",
            Text("后面的签署人已经签署，不能取回。", "Somebody behind you has signed; it cannot be taken back."),
        )
    if slot.purpose == "opinion" and not round_.heir(slot.before_slot or slot.number).is_waiting:
        raise MoveError(
            "others_acted",
            Text("委派人已经签署，不能取回意见。", "Whoever asked has signed; the opinion cannot be taken back."),
        )
    heir = replace(
        slot, number=len(round_.slots) + 1, origin_slot=slot.number, verdict=None, signer_id=None, signed_post_id=None
    )
    return round_.with_slot(replace(slot, ended="taken_back")).with_slot(heir)


def explain(move: Callable[[], Round]) -> MoveError | None:
    """Return why a move is closed now, None when it is open."""
    try:
        move()
    except MoveError as error:
        return error
    return None


def _waiting(round_: Round, number: int) -> Slot:
    for slot in round_.waiting():
        if slot.number == number:
            return slot
    raise MoveError("not_waiting", Text("这一签不再等待签署。", "This signature is no longer waited for."))


def _append(
    round_: Round, named: Named, by: int, anchor: Slot, *, purpose: Purpose, before_slot: int | None,
    after_slot: int | None,
) -> Round:  # fmt: skip
    if len(round_.slots) >= SLOTS_MAX:
        raise MoveError("too_many", Text(f"一轮最多{SLOTS_MAX}签。", f"A round has {SLOTS_MAX} signatures at most."))
    _refuse_twice(round_, named)
    slot = Slot(
        number=len(round_.slots) + 1,
        role=SIGNER.name,
        department_id=named.department_id,
        person_id=named.person_id,
        turn=anchor.turn,
        purpose=purpose,
        before_slot=before_slot,
        after_slot=after_slot,
        added_by=by,
    )
    return round_.with_slot(slot)


def _refuse_twice(round_: Round, named: Named) -> None:
    if any(slot.is_waiting and slot.person_id == named.person_id for slot in round_.slots):
        raise MoveError(
            "already_a_signer", Text("此人已在待签之列。", "This person is among those who are to sign already.")
        )
