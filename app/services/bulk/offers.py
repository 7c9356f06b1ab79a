"""What a caller may do with each item of a list: the same answers as `offering.list_offers`, for all of them at once.

Options that are looked up for one item (people, departments, sections) are left out; the step's own form has them.
A constant number of statements, however many items; a test compares it with `list_offers` one by one.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection

from app.models.record import History, Signature, SignOff, SignSlot
from app.policy.people import Actor, find_holders
from app.services import signing
from app.services.bulk.facts import gather_many
from app.services.loading import Loaded, load_many
from app.services.offering import Offer, OfferedPost, Offers, make_offer, make_signature
from app.services.rulebook import Rulebook
from app.services.signing import Round, Slot
from app.services.transitions import can_stand_in, day_start, list_departments_of, match_capacities
from workflows.interpreter import CompiledStep, Machine
from workflows.roles import Capacity, Duty, Role

Pairs = list[tuple[Capacity, Role]]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read once for all items."""

    holders: tuple[Capacity, ...]
    rounds: Mapping[int, Round]
    #: Whether the actor took an action last on an item: (item id, action).
    own: frozenset[tuple[int, str]]


def list_offers_of(
    connection: Connection, book: Rulebook, actor: Actor, item_ids: Sequence[int], now: datetime
) -> dict[int, Offers]:
    """Return by item id what `actor` may do; the caller has made sure that the actor may read them. At most 200."""
    today = now.astimezone(book.zone).date()
    items = load_many(connection, list(item_ids)) if item_ids else []
    machines = {item.id: book.machine(connection, item.kind, item.workflow_version) for item in items}
    rounds = _read_rounds(connection, items)
    holders = _read_holders(connection, items, rounds, actor, today)
    known = _Known(holders, rounds, _read_own(connection, items, actor))
    fitting = {item.id: _fit(item, machines[item.id], actor, known) for item in items}
    rests_on = frozenset().union(*(step.rests_on for pairs in fitting.values() for step, _ in pairs))
    terms = {item.rule_set_id: book.rules(connection, item.rule_set_id).terms for item in items}
    found = gather_many(
        connection, items, today, rests_on - {"criteria"}, since=day_start(book, today), terms=terms
    ) if items else {}  # fmt: skip
    answers = {}
    for item in items:
        offers = [
            make_offer(step, [OfferedPost(c.post_id, c.department_id, r.label) for c, r in pairs], found[item.id], {},
                       is_own=_is_own(item, step.not_by, known))
            for step, pairs in fitting[item.id]
        ]  # fmt: skip
        offers += _offer_signature(item, machines[item.id], actor, known)
        answers[item.id] = Offers(item.id, item.version, item.kind, item.state, tuple(offers))
    return answers


def _fit(item: Loaded, machine: Machine, actor: Actor, known: _Known) -> list[tuple[CompiledStep, Pairs]]:
    find = _among(known.holders, list_departments_of(item))
    return [
        (step, pairs)
        for step in machine.steps_from[item.state]
        if (pairs := match_capacities(list(step.who), item, actor, find))
    ]


def _among(holders: Iterable[Capacity], departments: Iterable[int]) -> Callable[[], list[Capacity]]:
    """Return what `find_holders` would find for these departments."""
    ids = frozenset(departments)
    everywhere = {Duty.OFFICE, Duty.LEADER}
    return lambda: [held for held in holders if held.department_id in ids or held.duty in everywhere]


def _read_holders(
    connection: Connection, items: Sequence[Loaded], rounds: Mapping[int, Round], actor: Actor, today: date
) -> tuple[Capacity, ...]:
    if not any(can_stand_in(capacity) for capacity in actor.capacities):
        return ()
    departments = {department_id for item in items for department_id in list_departments_of(item)}
    departments |= {slot.department_id for round_ in rounds.values() for slot in round_.slots if slot.department_id}
    return tuple(find_holders(connection, sorted(departments), today))


def _read_rounds(connection: Connection, items: Sequence[Loaded]) -> dict[int, Round]:
    collecting = [item.id for item in items if item.sign_off_id is not None and item.paused_state is None]
    rows = connection.execute(
        select(
            SignOff.item_id, SignOff.id, SignOff.name, SignOff.content_version, SignSlot.slot, SignSlot.department_id,
            Signature.verdict,
        )
        .join(SignSlot, SignSlot.sign_off_id == SignOff.id)
        .outerjoin(Signature, and_(Signature.sign_off_id == SignSlot.sign_off_id, Signature.slot == SignSlot.slot))
        .where(SignOff.item_id.in_(collecting), SignOff.closed_at.is_(None))
        .order_by(SignOff.id, SignSlot.slot)
    ).all()  # fmt: skip
    heads: dict[int, tuple[int, str, int]] = {}
    slots: dict[int, list[Slot]] = defaultdict(list)
    for item_id, round_id, name, version, number, department_id, verdict in rows:
        heads[item_id] = (round_id, name, version)
        slots[item_id].append(Slot(number, department_id, verdict))
    return {item_id: Round(*head, tuple(slots[item_id])) for item_id, head in heads.items()}


def _read_own(connection: Connection, items: Sequence[Loaded], actor: Actor) -> frozenset[tuple[int, str]]:
    """Return which actions the actor took last on which item, also on somebody's behalf."""
    last = (
        select(History.item_id, History.action, func.max(History.seq).label("seq"))
        .where(History.item_id.in_([item.id for item in items]))
        .group_by(History.item_id, History.action)
        .subquery()
    )
    rows = connection.execute(
        select(History.item_id, History.action, History.actor_id, History.on_behalf_of).join(
            last, and_(History.item_id == last.c.item_id, History.seq == last.c.seq)
        )
    )
    return frozenset((row[0], row[1]) for row in rows if actor.person_id in (row[2], row[3]))


def _is_own(item: Loaded, actions: str | None, known: _Known) -> bool:
    return actions is not None and any((item.id, action) in known.own for action in actions.split(","))


def _offer_signature(item: Loaded, machine: Machine, actor: Actor, known: _Known) -> Iterator[Offer]:
    round_ = known.rounds.get(item.id)
    if round_ is None:
        return
    sign_off = machine.sign_offs[round_.name]
    turn = {slot.number for slot in signing.open_slots(sign_off, round_)}
    wanted = []
    for slot in round_.slots:
        if slot.verdict is None:
            find = _among(known.holders, signing.list_departments_of(slot, item))
            wanted += [(slot, capacity) for capacity in signing.match_signers(sign_off, slot, item, actor, find)]
    if wanted:
        opener = next(step for step in machine.steps.values() if step.opens is sign_off)
        yield make_signature(sign_off, wanted, turn, is_own=_is_own(item, opener.action, known))
