"""Rounds of signatures on an item: all, any, in sequence, or a quorum, over departments in a role.

A slot names a role and a department, not a person: who holds the post when signing gives the signature, so a
change of posts needs no rewriting. The item's row is locked first; the primary key keeps a slot from being
signed twice.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, ForbiddenError, InvalidError, Sentence
from app.core.text import TEXT_MAX, clean
from app.models.item import Item
from app.models.record import Signature, SignOff, SignSlot
from app.policy.people import Actor, find_holders
from app.services.loading import Loaded
from app.services.recording import Acting
from app.services.working import Work
from workflows.interpreter import CompiledSignOff
from workflows.roles import Capacity, Place, resolve


@dataclass(frozen=True, slots=True)
class Slot:
    """A wanted signature; `verdict` is None until it is given."""

    number: int
    department_id: int | None
    verdict: str | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """An open round of signatures."""

    id: int
    name: str
    content_version: int
    slots: tuple[Slot, ...]

    def with_verdict(self, number: int, verdict: str) -> "Round":
        """Return the round with one more signature."""
        slots = tuple(replace(s, verdict=verdict) if s.number == number else s for s in self.slots)
        return replace(self, slots=slots)


def open_round(work: Work, sign_off: CompiledSignOff) -> None:
    """Begin to collect: a slot for each department in the role; without one there is nothing to collect."""
    departments = sign_off.of.departments(work.place)
    places: list[int | None] = [None] if departments is None else [*sorted(departments)]
    if not places:
        return
    sign_off_id = work.connection.execute(
        insert(SignOff)
        .values(item_id=work.item.id, name=sign_off.name, content_version=work.item.version, opened_at=work.now)
        .returning(SignOff.id)
    ).scalar_one()
    rows = [
        {"sign_off_id": sign_off_id, "slot": number, "role": sign_off.of.name, "department_id": department_id}
        for number, department_id in enumerate(places, 1)
    ]
    work.connection.execute(insert(SignSlot), rows)
    work.item.sign_off_id, work.item.sign_off_opened_at = sign_off_id, work.now


def leave(work: Work, before: str, target: str) -> None:
    """Void what is still being collected when the item leaves the state (a pause and the way back keep it)."""
    states = work.machine.states
    keeps = states[target].is_pause or (states[before].is_pause and states[target].is_open)
    if work.item.sign_off_id is not None and before != target and not keeps:
        close_round(work.connection, work.item.sign_off_id, "void", work.now)
        work.item.sign_off_id = None


def lock_again(connection: Connection, item: Loaded) -> Loaded:
    """Lock the item's row and bring `item` up to what it is under the lock."""
    row = connection.execute(
        select(Item.state, Item.state_seq, Item.version, Item.paused_state, Item.closed_at)
        .where(Item.id == item.id)
        .with_for_update()
    ).one()
    item.state, item.state_seq, item.version, item.paused_state, item.closed_at = row
    return item


def open_round_of(connection: Connection, item: Loaded) -> Round | None:
    """Return the round that runs on the item; None while it is paused or when nothing is collected."""
    if item.paused_state is not None:
        return None
    head = connection.execute(
        select(SignOff.id, SignOff.name, SignOff.content_version).where(
            SignOff.item_id == item.id, SignOff.closed_at.is_(None)
        )
    ).first()
    if head is None:
        return None
    rows = connection.execute(
        select(SignSlot.slot, SignSlot.department_id, Signature.verdict)
        .outerjoin(Signature, (Signature.sign_off_id == SignSlot.sign_off_id) & (Signature.slot == SignSlot.slot))
        .where(SignSlot.sign_off_id == head.id)
        .order_by(SignSlot.slot)
    ).all()
    return Round(head.id, head.name, head.content_version, tuple(Slot(*row) for row in rows))


def open_slots(sign_off: CompiledSignOff, round_: Round) -> tuple[Slot, ...]:
    """Return the slots that may be signed now: all unsigned ones, in a sequence only the first."""
    unsigned = tuple(slot for slot in round_.slots if slot.verdict is None)
    return unsigned[:1] if sign_off.rule == "sequence" else unsigned


def capacities_for(
    connection: Connection, sign_off: CompiledSignOff, slot: Slot, item: Loaded, actor: Actor, today: date
) -> tuple[Capacity, ...]:
    """Return the actor's posts that may sign `slot`, stand-ins for a vacant role included."""
    return match_signers(
        sign_off, slot, item, actor, lambda: find_holders(connection, list_departments_of(slot, item), today)
    )


def match_signers(
    sign_off: CompiledSignOff, slot: Slot, item: Loaded, actor: Actor, find: Callable[[], Iterable[Capacity]]
) -> tuple[Capacity, ...]:
    """Return the same with the holders that `find` gives; it is asked only where a vacancy may matter."""
    ids = frozenset() if slot.department_id is None else frozenset({slot.department_id})
    place = Place(item.owner_department_id, ids, item.parent_department_id, item.assignee_id)
    direct = tuple(c for c in actor.capacities if sign_off.of.fits(c, place))
    if direct:
        return direct
    return tuple(c for c in resolve(sign_off.of, place, find()) if c.person_id == actor.person_id)


def list_departments_of(slot: Slot, item: Loaded) -> list[int]:
    """Return the departments among whose posts a signer is looked for before a stand-in is."""
    return [department_id for department_id in (slot.department_id, item.owner_department_id) if department_id]


def choose_slot(
    connection: Connection, sign_off: CompiledSignOff, round_: Round, item: Loaded, actor: Actor, today: date,
    as_post: int | None,
) -> tuple[Slot, Capacity]:  # fmt: skip
    """Return the slot that the actor signs and the post in which; 403 when none fits, 409 when it is signed."""
    pairs = [(s, c) for s in round_.slots for c in capacities_for(connection, sign_off, s, item, actor, today)]
    if as_post is not None:
        pairs = [pair for pair in pairs if pair[1].post_id == as_post]
    if not pairs:
        who = sign_off.of.label
        raise ForbiddenError("not_yours", Sentence(f"此签由{who.zh}签署。", f"This signature is for {who.en}."))
    now_open = {slot.number for slot in open_slots(sign_off, round_)}
    waiting = [pair for pair in pairs if pair[0].number in now_open]
    if not waiting:
        if any(slot.verdict is None for slot, _ in pairs):
            raise ConflictError("not_your_turn", Sentence("尚未轮到您签署。", "It is not your turn to sign yet."))
        raise ConflictError("already_signed", Sentence("您已签署过。", "This signature was given already."))
    if len({capacity.post_id for _, capacity in waiting}) > 1:
        posts = ", ".join(str(capacity.post_id) for _, capacity in waiting)
        wanted = Sentence(
            f"您有多个身份可签，请选定其一（as：{posts}）。", f"Several of your posts fit; choose one (as: {posts})."
        )
        raise InvalidError([Fault("as", wanted)])
    return waiting[0]


def read_verdict(given: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return verdict and remark; a refusal needs a remark."""
    faults = [
        Fault(name, Sentence("签署不含该项，可填：verdict、remark。", "Not asked for; known fields: verdict, remark."))
        for name in given
        if name not in ("verdict", "remark")
    ]
    verdict = given.get("verdict")
    if verdict not in ("agree", "refuse"):
        faults.append(Fault("verdict", Sentence("应为agree（同意）或refuse（不同意）。", "expected agree or refuse.")))
    raw = given.get("remark")
    remark = clean(raw, newlines=True) if isinstance(raw, str) else ""
    if verdict == "refuse" and not remark:
        faults.append(Fault("remark", Sentence("不同意须写明理由。", "A refusal needs its reason.")))
    if len(remark) > TEXT_MAX:
        faults.append(Fault("remark", Sentence(f"最多{TEXT_MAX}字。", f"At most {TEXT_MAX} characters.")))
    if faults:
        raise InvalidError(faults)
    return str(verdict), remark or None


def write_signature(
    connection: Connection, round_: Round, slot: Slot, acting: Acting, verdict: str, remark: str | None, now: datetime
) -> None:
    """Add the signature; it is bound to the version that the round was opened on."""
    if acting.capacity is None:
        raise AssertionError("a signature is given in a post")
    connection.execute(
        insert(Signature).values(
            sign_off_id=round_.id,
            slot=slot.number,
            person_id=acting.person_id,
            post_id=acting.capacity.post_id,
            verdict=verdict,
            remark=remark,
            content_version=round_.content_version,
            signed_at=now,
        )
    )


def decide(sign_off: CompiledSignOff, round_: Round) -> str | None:
    """Return "agreed" or "refused" once the rule is met or can no longer be, else None."""
    total = len(round_.slots)
    agreed = sum(slot.verdict == "agree" for slot in round_.slots)
    refused = sum(slot.verdict == "refuse" for slot in round_.slots)
    needed = {"any": 1, "quorum": min(sign_off.quorum_count, total)}.get(sign_off.rule, total)
    if agreed >= needed:
        return "agreed"
    if refused and (sign_off.refusal == "ends" or total - refused < needed):
        return "refused"
    return None


def close_round(connection: Connection, sign_off_id: int, outcome: str, now: datetime) -> None:
    """Close a round with its outcome."""
    connection.execute(update(SignOff).where(SignOff.id == sign_off_id).values(closed_at=now, outcome=outcome))
