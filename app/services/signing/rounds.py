"""Rounds of signatures as they are stored: opened, read, written move by move, closed.

The item's row is locked before a round is written; the primary keys keep a slot from being signed twice. Slots and
signatures are never deleted, and a signature never changes.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, insert, select, update
from sqlalchemy.engine import Connection

from app.core.errors import Sentence
from app.models.item import Item
from app.models.record import PaperSignature, Signature, SignOff, SignSlot
from app.policy.people import find_holders
from app.services.loading import Loaded
from app.services.signing.content import Content, read_content
from app.services.working import Work
from workflows.guards import cosigned
from workflows.interpreter import CompiledSignOff, Machine
from workflows.ruling.signing import keep_rule, read_kept
from workflows.signing.round import Round, Slot, Verdict, make_slots

_OPEN = (
    select(
        SignOff.item_id, SignOff.id, SignOff.name, SignOff.opened_at, SignOff.content_version, SignOff.content,
        SignOff.rule,
        SignSlot.slot, SignSlot.role, SignSlot.department_id, SignSlot.post_id, SignSlot.person_id, SignSlot.turn,
        SignSlot.weight, SignSlot.purpose, SignSlot.before_slot, SignSlot.after_slot, SignSlot.origin_slot,
        SignSlot.added_by, SignSlot.ended, Signature.verdict, Signature.person_id, Signature.post_id,
        PaperSignature.id, PaperSignature.person_id, PaperSignature.post_id, PaperSignature.verdict,
        PaperSignature.remark, PaperSignature.signed_on, PaperSignature.attachment_id, PaperSignature.recorded_by,
    )
    .join(SignSlot, SignSlot.sign_off_id == SignOff.id)
    .outerjoin(Signature, and_(Signature.sign_off_id == SignSlot.sign_off_id, Signature.slot == SignSlot.slot))
    .outerjoin(
        PaperSignature,
        and_(
            PaperSignature.sign_off_id == SignSlot.sign_off_id, PaperSignature.slot == SignSlot.slot,
            PaperSignature.outcome.is_(None),
        ),
    )
    .where(SignOff.closed_at.is_(None))
    .order_by(SignOff.id, SignSlot.slot)
)  # fmt: skip
_HEAD = 7
_PAPER = 8
OTHERS_ACTED = "others_acted"
OTHERS_ACTED_SAID = Sentence(
    "已有人签署，不能撤回；如须修改，请协调办退回。",
    "Somebody has signed: it cannot be withdrawn any more. The office can return it.",
)
#: What a slot is made with; it only ever ends, or becomes due, afterwards.
_KEPT = (
    "role", "department_id", "post_id", "person_id", "turn", "weight", "purpose", "before_slot", "after_slot",
    "origin_slot", "added_by",
)  # fmt: skip


HELD = "cosigned"
HELD_SAID = Sentence(cosigned.says.zh, cosigned.says.en)


@dataclass(frozen=True, slots=True)
class Paper:
    """A signature on paper that was recorded and waits for its confirmation: whose, in which post, what it says."""

    id: int
    person_id: int
    post_id: int
    verdict: Verdict
    remark: str | None
    signed_on: date
    attachment_id: int
    recorded_by: int


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round that runs, since when, on which version of which content; `papers` by the number of their slot."""

    id: int
    name: str
    opened_at: datetime
    content_version: int
    content: Content | None
    slots: Round
    papers: Mapping[int, Paper] = field(default_factory=dict)

    @property
    def rule(self) -> CompiledSignOff:
        """The sign-off of the workflow by which it runs."""
        return self.slots.rule

    def find_refusal(self, action: str) -> tuple[str, Sentence] | None:
        """Return why a step is closed while the round runs: it undoes what others signed, or it waits for the round."""
        if action == self.rule.withdrawn and self.slots.has_acted:
            return OTHERS_ACTED, OTHERS_ACTED_SAID
        return (HELD, HELD_SAID) if action in self.rule.holds else None


def read_open(connection: Connection, machines: Mapping[int, Machine]) -> dict[int, OpenRound]:
    """Return the rounds that run on items, by item id; `machines` are these items' workflows. One statement."""
    if not machines:
        return {}
    heads: dict[int, Any] = {}
    slots: dict[int, list[Slot]] = defaultdict(list)
    papers: dict[int, dict[int, Paper]] = defaultdict(dict)
    rows: Any = connection.execute(_OPEN.where(SignOff.item_id.in_(machines)))
    for row in rows:
        heads[row[0]] = row[1:_HEAD]
        slot = Slot(*row[_HEAD:-_PAPER])
        slots[row[0]].append(slot)
        if slot.is_waiting and row[-_PAPER] is not None:
            papers[row[0]][slot.number] = Paper(*row[-_PAPER:])
    return {
        item_id: OpenRound(
            round_id, name, opened_at, version, content,
            Round(read_kept(machines[item_id].sign_offs[name], rule), tuple(slots[item_id])), papers[item_id],
        )
        for item_id, (round_id, name, opened_at, version, content, rule) in heads.items()
    }  # fmt: skip


def read_round(connection: Connection, machine: Machine, item: Loaded) -> OpenRound | None:
    """Return the round that runs on the item; None while it is paused or when nothing is collected."""
    if item.paused_state is not None:
        return None
    return read_open(connection, {item.id: machine}).get(item.id)


def lock_again(connection: Connection, item: Loaded) -> Loaded:
    """Lock the item's row and bring `item` up to what it is under the lock."""
    row = connection.execute(
        select(Item.state, Item.state_seq, Item.version, Item.paused_state, Item.closed_at)
        .where(Item.id == item.id)
        .with_for_update()
    ).one()
    item.state, item.state_seq, item.version, item.paused_state, item.closed_at = row
    return item


def open_round(work: Work, rule: CompiledSignOff) -> None:
    """Begin to collect; without anybody whose signature is wanted there is nothing to collect.

    The round goes by `rule` as the item's rule set has it, and keeps that to its end.
    """
    place, own = work.place, work.machine.sign_offs[rule.name]
    rule = work.book.rules(work.connection, work.item.rule_set_id).sign_off(work.item.kind, own)
    wanted = {one for role, _ in rule.signers for one in role.departments(place) or ()}
    is_asked = rule.each in ("post", "department")
    holders = find_holders(work.connection, sorted(wanted), work.today) if is_asked else ()
    slots = make_slots(rule, place, holders)
    if not slots:
        return
    sign_off_id = work.connection.execute(
        insert(SignOff)
        .values(
            item_id=work.item.id, name=rule.name, content_version=work.item.version, opened_at=work.now,
            content=read_content(work.connection, work.item.id), rule=None if rule is own else keep_rule(rule),
        )
        .returning(SignOff.id)
    ).scalar_one()  # fmt: skip
    save(work.connection, sign_off_id, Round(rule, ()), Round(rule, slots), work.now)
    work.item.sign_off_id, work.item.sign_off_opened_at = sign_off_id, work.now
    if any(slot.post_id is not None for slot in slots):
        work.readers_changed = True


def save(connection: Connection, sign_off_id: int, before: Round, after: Round, now: datetime) -> None:
    """Write what a move changed: new slots, slots that ended, slots that may be signed now or no longer."""
    due = {slot.number for slot in after.due()} if after.decide() is None else frozenset[int]()
    was_due = {slot.number for slot in before.due()} if before.slots else frozenset[int]()
    old = {slot.number: slot for slot in before.slots}
    rows = []
    for slot in after.slots:
        known = old.get(slot.number)
        if known is None:
            kept = {name: getattr(slot, name) for name in _KEPT}
            added_at = now if slot.added_by is not None else None
            rows.append({"sign_off_id": sign_off_id, "slot": slot.number, "added_at": added_at,
                         "is_due": slot.number in due, **kept})  # fmt: skip
            continue
        changes: dict[str, Any] = {}
        if known.ended != slot.ended:
            changes |= {"ended": slot.ended, "ended_at": now}
        if (slot.number in due) != (slot.number in was_due):
            changes["is_due"] = slot.number in due
        if changes:
            mine = and_(SignSlot.sign_off_id == sign_off_id, SignSlot.slot == slot.number)
            connection.execute(update(SignSlot).where(mine).values(changes))
    if rows:
        connection.execute(insert(SignSlot), rows)


def leave(work: Work, before: str, target: str) -> None:
    """Void what is still being collected when the item leaves the state (a pause and the way back keep it)."""
    states = work.machine.states
    keeps = states[target].is_pause or (states[before].is_pause and states[target].is_open)
    if work.item.sign_off_id is not None and before != target and not keeps:
        close_round(work.connection, work.item.sign_off_id, "void", work.now)
        work.item.sign_off_id = None


def close_round(connection: Connection, sign_off_id: int, outcome: str, now: datetime) -> None:
    """Close a round with its outcome."""
    connection.execute(update(SignOff).where(SignOff.id == sign_off_id).values(closed_at=now, outcome=outcome))
