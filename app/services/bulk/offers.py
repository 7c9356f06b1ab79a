"""What a caller may do with each item of a list: the same answers as `offering.list_offers`, for all of them at once.

Options that are looked up for one item (people, departments, sections) are left out; the step's own form has them.
Of the moves of signers only the signature is here: the others are moves on one item.
A constant number of statements, however many items; a test compares it with `list_offers` one by one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection

from app.models.record import History
from app.policy.people import Actor, find_holders
from app.services.bulk.facts import gather_many
from app.services.loading import Loaded, load_many
from app.services.offer import NOBODY, Offer, Offers, is_own, offer_posts
from app.services.offering import list_states, make_offer
from app.services.rulebook import Rulebook
from app.services.signing import rounds, signers
from app.services.signing.offers import Known, offer_moves
from app.services.signing.rounds import OpenRound
from app.services.submission import name_submitting
from app.services.transitions import can_stand_in, day_start, list_departments_of, match_capacities
from workflows.interpreter import CompiledStep, Machine
from workflows.roles import Capacity, Duty, Role
from workflows.signing.round import Slot

Pairs = list[tuple[Capacity, Role]]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read once for all items."""

    holders: tuple[Capacity, ...]
    rounds: Mapping[int, OpenRound]
    #: Who took an action last on an item, and for whom: by (item id, action).
    last: Mapping[tuple[int, str], frozenset[int]]


def list_offers_of(
    connection: Connection, book: Rulebook, actor: Actor, item_ids: Sequence[int], now: datetime
) -> dict[int, Offers]:
    """Return by item id what `actor` may do; the caller has made sure that the actor may read them. At most 200."""
    today = now.astimezone(book.zone).date()
    items = load_many(connection, list(item_ids)) if item_ids else []
    machines = {item.id: book.machine(connection, item.kind, item.workflow_version) for item in items}
    found_rounds = _read_rounds(connection, items, machines)
    holders = _read_holders(connection, items, found_rounds, actor, today)
    known = _Known(holders, found_rounds, _read_last(connection, items))
    fitting = {item.id: _fit(item, machines[item.id], actor, known) for item in items}
    rests_on = frozenset().union(*(step.rests_on for pairs in fitting.values() for step, _ in pairs))
    terms = {item.rule_set_id: book.rules(connection, item.rule_set_id).terms for item in items}
    found = gather_many(
        connection, items, today, rests_on - {"criteria"}, since=day_start(book, today), terms=terms, machines=machines,
    ) if items else {}  # fmt: skip
    answers = {}
    for item in items:
        options = {"state": list_states(machines[item.id], found[item.id])}
        offers = [
            make_offer(step, offer_posts(pairs, people := _find_last(item, step, known)), found[item.id], options,
                       is_own=is_own([capacity for capacity, _ in pairs], people), open_=found_rounds.get(item.id))
            for step, pairs in fitting[item.id]
        ]  # fmt: skip
        offers += _offer_moves(item, machines[item.id], actor, known)
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
    connection: Connection, items: Sequence[Loaded], found_rounds: Mapping[int, OpenRound], actor: Actor, today: date
) -> tuple[Capacity, ...]:
    if not any(can_stand_in(capacity) for capacity in actor.capacities):
        return ()
    departments = {department_id for item in items for department_id in list_departments_of(item)}
    departments |= {
        slot.department_id for open_ in found_rounds.values() for slot in open_.slots.slots if slot.department_id
    }
    return tuple(find_holders(connection, sorted(departments), today))


def _read_rounds(
    connection: Connection, items: Sequence[Loaded], machines: Mapping[int, Machine]
) -> dict[int, OpenRound]:
    collecting = {i.id: machines[i.id] for i in items if i.sign_off_id is not None and i.paused_state is None}
    return rounds.read_open(connection, collecting)


def _read_last(connection: Connection, items: Sequence[Loaded]) -> dict[tuple[int, str], frozenset[int]]:
    """Return who took which action last on which item, and on whose behalf."""
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
    return {(row[0], row[1]): frozenset(one for one in (row[2], row[3]) if one is not None) for row in rows}


def _find_last(item: Loaded, step: CompiledStep, known: _Known) -> frozenset[int]:
    """Return who must not take a step, since they took the one that it follows."""
    if step.not_by is None or step.allows_own:
        return NOBODY
    return _find_people(item, step.not_by, known)


def _find_people(item: Loaded, actions: str, known: _Known) -> frozenset[int]:
    return NOBODY.union(*(known.last.get((item.id, action), NOBODY) for action in actions.split(",")))


def _offer_moves(item: Loaded, machine: Machine, actor: Actor, known: _Known) -> Iterator[Offer]:
    open_ = known.rounds.get(item.id)
    if open_ is None:
        return
    opener = next(step for step in machine.steps.values() if step.opens and step.opens.name == open_.name)
    people = _find_people(item, name_submitting(opener), known)

    def find(slot: Slot) -> Iterable[Capacity]:
        return _among(known.holders, signers.list_departments_of(slot, item))()

    yield from offer_moves(item, actor, open_, Known(find, people))
