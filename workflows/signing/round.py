"""A round of signatures: its slots, whose turn it is, what has been decided, who is asked. Pure.

A slot is one signature that is wanted. The rule's own slots decide by their weights; an extra signer (加签) must agree
too, whatever the rule; an opinion (委派) counts for nothing, whoever asked for it signs afterwards. Slots are never
changed once signed: one that ends (transferred, taken back) has a successor, which stands wherever it stood.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from workflows.interpreter import CompiledSignOff
from workflows.roles import ROLES, Capacity, Duty, Place, Role, resolve
from workflows.words import Text

Purpose = Literal["rule", "extra", "opinion"]
Ended = Literal["removed", "transferred", "taken_back", "void"]
Verdict = Literal["agree", "refuse"]
Decision = Literal["agreed", "refused"]

#: A signer added by name; once they have left their department, its head signs.
SIGNER = Role("signer", Text("签署人", "the signer"), frozenset({Duty.HEAD}), "support")
#: Every role that a slot may name.
SIGNING_ROLES = {**ROLES, SIGNER.name: SIGNER}
#: Posts in which nobody signs.
SILENT = frozenset({Duty.AUDITOR, Duty.ADMIN})


@dataclass(frozen=True, slots=True)
class Slot:
    """A wanted signature, of a role in a department, of a post, or of a named person; `verdict` once it is given.

    `before_slot`: that one waits for this one. `after_slot`: this one waits for that one. `origin_slot`: the slot whose
    place it took (transferred, taken back).
    """

    number: int
    role: str
    department_id: int | None = None
    post_id: int | None = None
    person_id: int | None = None
    turn: int = 1
    weight: int = 1
    purpose: Purpose = "rule"
    before_slot: int | None = None
    after_slot: int | None = None
    origin_slot: int | None = None
    added_by: int | None = None
    ended: Ended | None = None
    verdict: Verdict | None = None
    signer_id: int | None = None
    signed_post_id: int | None = None

    @property
    def is_live(self) -> bool:
        """Whether the slot still counts."""
        return self.ended is None

    @property
    def is_waiting(self) -> bool:
        """Whether its signature is still missing."""
        return self.ended is None and self.verdict is None


@dataclass(frozen=True, slots=True)
class Round:
    """The slots of a round, by number, and the rule by which they decide."""

    rule: CompiledSignOff
    slots: tuple[Slot, ...]

    def slot(self, number: int) -> Slot:
        """Return a slot by its number; KeyError when there is none."""
        for slot in self.slots:
            if slot.number == number:
                return slot
        raise KeyError(number)

    def heir(self, number: int) -> Slot:
        """Return the slot that stands in a slot's place now: itself, or whatever took its place last."""
        slot = self.slot(number)
        while slot.ended in ("transferred", "taken_back"):
            slot = next(other for other in self.slots if other.origin_slot == slot.number)
        return slot

    def waiting(self) -> tuple[Slot, ...]:
        """Return the slots whose signature is missing and still needed."""
        is_met = self.is_met
        return tuple(slot for slot in self.slots if slot.is_waiting and not (is_met and self._serves_rule(slot)))

    def due(self) -> tuple[Slot, ...]:
        """Return the slots that may be signed now."""
        return tuple(slot for slot in self.waiting() if self._is_due(slot))

    def _serves_rule(self, slot: Slot) -> bool:
        """Whether a slot is of use only while the rule is not met: the rule's own, and opinions for such a one."""
        if slot.purpose == "opinion" and slot.before_slot is not None:
            return self._serves_rule(self.heir(slot.before_slot))
        return slot.purpose == "rule"

    def _is_due(self, slot: Slot) -> bool:
        if any(other.is_waiting and other.turn < slot.turn and other.purpose != "opinion" for other in self.slots):
            return False
        if self.holding_up(slot):
            return False
        if slot.after_slot is None:
            return True
        anchor = self.heir(slot.after_slot)
        return not anchor.is_waiting or (self.is_met and self._serves_rule(anchor))

    def holding_up(self, slot: Slot) -> tuple[Slot, ...]:
        """Return the missing signatures that must come before the slot's: signers added before it, opinions."""
        return tuple(
            other
            for other in self.slots
            if other.is_waiting and other.before_slot is not None and self.heir(other.before_slot).number == slot.number
        )

    def behind(self, slot: Slot) -> tuple[Slot, ...]:
        """Return the given signatures that rest on the slot's: later turns, added after it, preceded by it."""
        return tuple(
            other
            for other in self.slots
            if other.is_live
            and other.verdict is not None
            and other.number != slot.number
            and (
                other.turn > slot.turn
                or (other.after_slot is not None and self.heir(other.after_slot).number == slot.number)
                or (slot.before_slot is not None and self.heir(slot.before_slot).number == other.number)
            )
        )

    @property
    def ruling(self) -> tuple[Slot, ...]:
        """The rule's own slots that count."""
        return tuple(slot for slot in self.slots if slot.is_live and slot.purpose == "rule")

    @property
    def total(self) -> int:
        """The whole weight of the rule's slots."""
        return sum(slot.weight for slot in self.ruling)

    @property
    def needed(self) -> int:
        """The agreeing weight that the rule asks for."""
        match self.rule.rule:
            case "any":
                return 1
            case "quorum" if self.rule.quorum_percent:
                return max(1, -(-self.total * self.rule.quorum_percent // 100))
            case "quorum":
                return min(self.rule.quorum_count, self.total)
            case _:
                return self.total

    def weight(self, verdict: Verdict) -> int:
        """Return the weight of the rule's slots with this verdict."""
        return sum(slot.weight for slot in self.ruling if slot.verdict == verdict)

    @property
    def is_met(self) -> bool:
        """Whether the rule's own slots have agreed as far as the rule asks."""
        return self.weight("agree") >= self.needed

    @property
    def has_acted(self) -> bool:
        """Whether a signature or an opinion stands in this round."""
        return any(slot.is_live and slot.verdict is not None for slot in self.slots)

    def decide(self) -> Decision | None:
        """Return the outcome once the rule is met or can no longer be, else None."""
        extras = [slot for slot in self.slots if slot.is_live and slot.purpose == "extra"]
        if any(slot.verdict == "refuse" for slot in extras):
            return "refused"
        refused = self.weight("refuse")
        if not self.is_met and refused and (self.rule.refusal == "ends" or self.total - refused < self.needed):
            return "refused"
        return "agreed" if self.is_met and all(slot.verdict for slot in extras) else None

    def sign(self, number: int, verdict: Verdict, signer_id: int, post_id: int | None = None) -> "Round":
        """Return the round with one more signature."""
        signed = replace(self.slot(number), verdict=verdict, signer_id=signer_id, signed_post_id=post_id)
        return self.with_slot(signed)

    def with_slot(self, changed: Slot) -> "Round":
        """Return the round with a slot put in place of the one with its number, or behind all."""
        if changed.number > len(self.slots):
            return replace(self, slots=(*self.slots, changed))
        return replace(self, slots=tuple(changed if slot.number == changed.number else slot for slot in self.slots))


def make_slots(rule: CompiledSignOff, place: Place, holders: Iterable[Capacity]) -> tuple[Slot, ...]:
    """Return the slots with which a round begins; `holders` are asked where slots are of posts or of departments.

    In a sequence each slot has its turn: the roles in their order, the departments or posts of each by id.
    """
    present, found = tuple(holders), list[Slot]()
    for role, weight in rule.signers:
        for department_id, post_id in _list_places(rule, role, place, present):
            number = len(found) + 1
            turn = number if rule.rule == "sequence" else 1
            found.append(Slot(number, role.name, department_id, post_id, turn=turn, weight=weight))
    return tuple(found)


def _list_places(
    rule: CompiledSignOff, role: Role, place: Place, holders: tuple[Capacity, ...]
) -> list[tuple[int | None, int | None]]:
    """Return department and post of each slot of a role; a vacant city-wide role still has one."""
    departments = role.departments(place)
    if rule.each == "post":
        posts = dict.fromkeys((h.department_id, h.post_id) for h in holders if role.fits(h, place))
        if posts or departments is None:
            return sorted(posts) or [(None, None)]
    if departments is not None:
        return [(department_id, None) for department_id in sorted(departments)]
    if rule.each == "department":
        found = sorted({h.department_id for h in holders if role.fits(h, place)})
        return [(department_id, None) for department_id in found] or [(None, None)]
    return [(None, None)]


def place_of(slot: Slot, place: Place) -> Place:
    """Return where a slot's role is looked for: in the slot's department, beside the item's own."""
    one = frozenset() if slot.department_id is None else frozenset({slot.department_id})
    return Place(
        slot.department_id if slot.department_id is not None else place.owner_department_id,
        one if slot.department_id is not None else place.support_ids,
        slot.department_id if slot.department_id is not None else place.parent_department_id,
        place.assignee_id,
        kind=place.kind,
        amount_fen=place.amount_fen,
    )


def fits(slot: Slot, capacity: Capacity, place: Place) -> bool:
    """Whether a capacity is the one that the slot asks for, vacancies apart; a substitute is whom they stand for."""
    if not capacity.serves(place.kind, place.amount_fen):
        return False
    if slot.person_id is not None:
        return (
            capacity.holder_id == slot.person_id
            and capacity.department_id == slot.department_id
            and capacity.duty not in SILENT
        )
    if slot.post_id is not None:
        return capacity.post_id == slot.post_id
    role = SIGNING_ROLES[slot.role]
    if role.relation == "city" and slot.department_id is not None and capacity.department_id != slot.department_id:
        return False
    return role.fits(capacity, place_of(slot, place))


def find_signers(slot: Slot, place: Place, holders: Iterable[Capacity]) -> tuple[Capacity, ...]:
    """Return who signs a slot now: the one asked for, else the role in the slot's department, else its stand-ins."""
    present = tuple(holders)
    found = tuple(holder for holder in present if fits(slot, holder, place))
    if not found and (slot.person_id is not None or slot.post_id is not None):
        unnamed = replace(slot, person_id=None, post_id=None)
        found = tuple(holder for holder in present if fits(unnamed, holder, place))
    return found or resolve(SIGNING_ROLES[slot.role], place_of(slot, place), present)
