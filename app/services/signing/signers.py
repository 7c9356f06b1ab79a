"""Who may sign: the actor's posts that fit a slot, stand-ins for whoever is not there any more included."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, ForbiddenError, Sentence
from app.models.organisation import Department, Holding, Person, Post
from app.policy.lending import HELD, capacity_of
from app.policy.people import Actor, find_holders
from app.services.loading import Loaded
from app.services.submission import several_fit
from workflows.roles import OFFICE, Capacity
from workflows.signing.moves import Named
from workflows.signing.round import SIGNING_ROLES, SILENT, Round, Slot, find_signers, fits
from workflows.words import Text

Pair = tuple[Slot, Capacity]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may become a signer: a post that they hold today."""

    person_id: int
    name: str
    department_id: int
    capacity: Capacity
    label: Text


def capacities_for(connection: Connection, slot: Slot, item: Loaded, actor: Actor, today: date) -> tuple[Capacity, ...]:
    """Return the actor's posts that may sign `slot`, stand-ins for a vacant role included."""
    return match_signers(slot, item, actor, lambda: find_holders(connection, list_departments_of(slot, item), today))


def match_signers(
    slot: Slot, item: Loaded, actor: Actor, find: Callable[[], Iterable[Capacity]]
) -> tuple[Capacity, ...]:
    """Return the same with the holders that `find` gives; it is asked only where a vacancy may matter."""
    direct = tuple(capacity for capacity in actor.capacities if fits(slot, capacity, item.place))
    if direct:
        return direct
    holders = (*find(), *actor.lent)
    return tuple(c for c in find_signers(slot, item.place, holders) if c.person_id == actor.person_id)


def list_departments_of(slot: Slot, item: Loaded) -> list[int]:
    """Return the departments among whose posts a signer is looked for before a stand-in is."""
    return [department_id for department_id in (slot.department_id, item.owner_department_id) if department_id]


def find_pairs(connection: Connection, slots: Iterable[Slot], item: Loaded, actor: Actor, today: date) -> list[Pair]:
    """Return those of `slots` that are the actor's, each with every post that fits it."""
    return [(slot, one) for slot in slots for one in capacities_for(connection, slot, item, actor, today)]


def choose_slot(round_: Round, pairs: Sequence[Pair], as_post: int | None) -> Pair:
    """Return the slot that the actor signs and the post in which; 403 when none fits, 409 when it cannot be signed now.

    `pairs` are all slots of the actor's, signed or not.
    """
    mine = [pair for pair in pairs if as_post is None or pair[1].post_id == as_post]
    if not mine:
        who = round_.rule.who
        raise ForbiddenError("not_yours", Sentence(f"此签由{who.zh}签署。", f"This signature is for {who.en}."))
    due = {slot.number for slot in round_.due()}
    waiting = [pair for pair in mine if pair[0].number in due]
    if waiting:
        return pick_post(waiting)
    if any(slot.is_waiting for slot, _ in mine):
        raise ConflictError("not_your_turn", say_not_yet(round_, [slot for slot, _ in mine]))
    raise ConflictError("already_signed", Sentence("您已签署过。", "This signature was given already."))


def say_not_yet(round_: Round, mine: Iterable[Slot]) -> Sentence:
    """Return why slots of somebody's cannot be signed yet."""
    before = [other for slot in mine for other in round_.holding_up(slot)]
    if any(slot.purpose == "opinion" for slot in before):
        return Sentence("请先等受委派者提出意见，或收回委派。", "The opinion that was asked for is still missing.")
    if before:
        return Sentence("请先等前加签的人签署。", "Whoever was added before you has not signed yet.")
    return Sentence("尚未轮到您签署。", "It is not your turn to sign yet.")


def pick_post(pairs: Sequence[Pair]) -> Pair:
    """Return the first of `pairs`; InvalidError when they are of several posts."""
    if len({capacity.post_id for _, capacity in pairs}) > 1:
        raise several_fit(capacity for _, capacity in pairs)
    return pairs[0]


def list_candidates(connection: Connection, today: date, *, person_id: int | None = None) -> list[Candidate]:
    """Return everybody who holds a post in which one signs today, by department and name, or one person's posts."""
    statement = (
        select(
            Person.id, Person.name, Post.department_id, Department.name, Department.name_en, *HELD,
        )
        .join(Holding, Holding.person_id == Person.id)
        .join(Post, Post.id == Holding.post_id)
        .join(Department, Department.id == Post.department_id)
        .where(
            Person.is_active,
            ~Person.is_system,
            Post.duty.not_in(sorted(SILENT)),
            Holding.from_on <= today,
            or_(Holding.to_on.is_(None), Holding.to_on > today),
            or_(Post.to_on.is_(None), Post.to_on > today),
        )
        .order_by(Department.sort_key, Department.id, Person.sort_key, Person.id, Post.id)
    )  # fmt: skip
    if person_id is not None:
        statement = statement.where(Person.id == person_id)
    return [
        Candidate(
            row[0], row[1], row[2], capacity_of(row[5:]),
            Text(f"{row[3]} {row[1]}", f"{row[4] or row[3]} {row[1]}"),
        )
        for row in connection.execute(statement)
    ]  # fmt: skip


def list_removable(
    round_: Round, item: Loaded, actor: Actor, match: Callable[[Slot], tuple[Capacity, ...]]
) -> list[Pair]:
    """Return the added signers whom the actor may take away: who added them, who asked for the opinion, the office."""
    offices = [one for one in actor.capacities if OFFICE.fits(one, item.place)]
    signing = [one for one in actor.capacities if one.duty not in SILENT]
    found: list[Pair] = []
    for slot in round_.waiting():
        if slot.purpose == "rule":
            continue
        is_asked = slot.purpose == "opinion" and slot.before_slot is not None
        asking = match(round_.heir(slot.before_slot or 0)) if is_asked else ()
        mine = asking or (signing[:1] if slot.added_by == actor.person_id else offices)
        found += [(slot, one) for one in mine]
    return found


def list_signed(round_: Round, actor: Actor) -> list[Pair]:
    """Return the signatures that the actor gave in this round, with the post in which, if they still hold it."""
    return [
        (slot, one)
        for slot in round_.slots
        if slot.is_live and slot.verdict is not None and slot.signer_id == actor.person_id
        for one in actor.capacities
        if one.post_id == slot.signed_post_id
    ]


def find_heirs(slot: Slot, capacity: Capacity, candidates: Iterable[Candidate], item: Loaded) -> list[Candidate]:
    """Return who may take over a slot for good: in its department, else in that of whoever hands it over.

    A role of the city passes to its like only, of the leadership group to those of its posts that decide.
    """
    role = SIGNING_ROLES[slot.role]
    department_id = slot.department_id if slot.department_id is not None else capacity.department_id
    return [
        one
        for one in candidates
        if one.department_id == department_id
        and (
            role.relation != "city"
            or (one.capacity.duty in role.duties and one.capacity.serves(item.kind, item.amount_fen))
        )
        and one.person_id != slot.person_id
    ]


def name_person(candidate: Candidate) -> Named:
    """Return a candidate as a signer."""
    return Named(candidate.person_id, candidate.department_id)
