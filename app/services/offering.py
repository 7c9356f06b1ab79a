"""What a caller may do with an item now: each step in its capacity, with what it asks; closed ones with their reason.

Shows what `transitions.perform` would decide at this moment, without locks: whoever then acts is judged anew.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy.engine import Connection

from app.core.errors import ForbiddenError, Sentence
from app.policy.people import Actor, find_holders
from app.services import choices, facts, signing
from app.services.choices import OfferedOption
from app.services.loading import Loaded, load_for_actor
from app.services.rulebook import Rulebook
from app.services.signing import Slot
from app.services.transitions import (
    OWN_SUBMISSION,
    OWN_SUBMISSION_SAID,
    SIGN,
    day_start,
    list_departments_of,
    match_capacities,
    refuse_own,
)
from workflows.facts import Facts
from workflows.fields import CHOICE_LABELS
from workflows.interpreter import CompiledSignOff, CompiledStep, Machine
from workflows.roles import Capacity
from workflows.words import Text


@dataclass(frozen=True, slots=True)
class OfferedPost:
    """A post in which the caller may take the step, and the role that it is to the item."""

    post_id: int
    department_id: int
    role: Text


@dataclass(frozen=True, slots=True)
class OfferedField:
    """What a step asks for; with `options` only one of these may be given."""

    name: str
    kind: str
    label: Text
    is_required: bool
    options: tuple[OfferedOption, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that the caller's posts fit. `refusal` says why it is closed now, with its code; None: it is open."""

    action: str
    label: Text
    posts: tuple[OfferedPost, ...]
    fields: tuple[OfferedField, ...]
    is_grave: bool
    needs_version: bool
    code: str | None = None
    refusal: Sentence | None = None

    @property
    def is_open(self) -> bool:
        """Whether the caller may take it now."""
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class Offers:
    """The item's present version and state, and its steps for this caller in the order of the regulation."""

    item_id: int
    version: int
    kind: str
    state: str
    offers: tuple[Offer, ...]


VERDICTS = (OfferedOption("agree", Text("同意", "agree")), OfferedOption("refuse", Text("不同意", "refuse")))
_SIGN_FIELDS = (
    OfferedField("verdict", "choice", Text("意见", "Verdict"), is_required=True, options=VERDICTS),
    OfferedField(
        "remark", "text", Text("说明（不同意须写明理由）", "Remark (a refusal needs its reason)"), is_required=False
    ),
)


def list_offers(connection: Connection, book: Rulebook, person_id: int, item_id: int, now: datetime) -> Offers:
    """Return what a person may do with an item now; NotFoundError when they may not read it."""
    today = now.astimezone(book.zone).date()
    item, actor = load_for_actor(connection, item_id, person_id, today, lock=False)
    machine = book.machine(connection, item.kind, item.workflow_version)
    # Who holds what is looked up once for all steps, and only where a vacancy may matter.
    find = cache(lambda: tuple(find_holders(connection, list_departments_of(item), today)))
    fitting = [
        (step, pairs)
        for step in machine.steps_from[item.state]
        if (pairs := match_capacities(list(step.who), item, actor, find))
    ]
    rests_on = frozenset().union(*(step.rests_on for step, _ in fitting))
    # Answers come with the step itself: an item with open criteria can be submitted.
    found = facts.gather(
        connection, item, today, rests_on - {"criteria"}, since=day_start(book, today),
        terms=book.rules(connection, item.rule_set_id).terms, lock=False,
    )  # fmt: skip
    options = choices.find_options(connection, item, today, {ask.kind for step, _ in fitting for ask in step.asks})
    offers = [
        make_offer(step, [OfferedPost(c.post_id, c.department_id, r.label) for c, r in pairs], found, options,
                   is_own=_is_own(connection, item, actor, step))
        for step, pairs in fitting
    ]  # fmt: skip
    offers += _offer_signature(connection, machine, item, actor, book, now)
    return Offers(item.id, item.version, item.kind, item.state, tuple(offers))


def make_offer(
    step: CompiledStep, posts: list[OfferedPost], found: Facts, options: Mapping[str, tuple[OfferedOption, ...]], *,
    is_own: bool,
) -> Offer:  # fmt: skip
    """Return a step as it is offered in `posts`; `is_own`: the caller took the step that this one must not follow."""
    fields = tuple(
        OfferedField(
            ask.name,
            ask.kind,
            ask.label,
            ask.required or (ask.required_if is not None and ask.required_if.holds(found)),
            options.get(ask.kind) or tuple(OfferedOption(c, CHOICE_LABELS.get(c, Text(c, c))) for c in ask.choices),
        )
        for ask in step.asks
    )
    code, refusal = _find_refusal(step, found, is_own=is_own)
    return Offer(step.action, step.label, tuple(posts), fields, step.is_grave, needs_version=True, code=code,
                 refusal=refusal)  # fmt: skip


def _is_own(connection: Connection, item: Loaded, actor: Actor, step: CompiledStep) -> bool:
    return step.not_by is not None and _acted_last(connection, item, actor, step.not_by)


def _acted_last(connection: Connection, item: Loaded, actor: Actor, actions: str) -> bool:
    try:
        refuse_own(connection, item, actor, actions)
    except ForbiddenError:
        return True
    return False


def _find_refusal(step: CompiledStep, found: Facts, *, is_own: bool) -> tuple[str | None, Sentence | None]:
    if is_own:
        return OWN_SUBMISSION, OWN_SUBMISSION_SAID
    for guard in step.only_if:
        if not guard.holds(found):
            return guard.code, Sentence(guard.says.zh, guard.says.en)
    return None, None


def _offer_signature(
    connection: Connection, machine: Machine, item: Loaded, actor: Actor, book: Rulebook, now: datetime
) -> Iterator[Offer]:
    """Yield the signature that waits for the caller, if one does; in a sequence also one whose turn comes later."""
    round_ = signing.open_round_of(connection, item)
    if round_ is None:
        return
    sign_off = machine.sign_offs[round_.name]
    today = now.astimezone(book.zone).date()
    turn = {slot.number for slot in signing.open_slots(sign_off, round_)}
    wanted = [
        (slot, capacity)
        for slot in round_.slots
        if slot.verdict is None
        for capacity in signing.capacities_for(connection, sign_off, slot, item, actor, today)
    ]
    if not wanted:
        return
    opener = next(step for step in machine.steps.values() if step.opens is sign_off)
    yield make_signature(sign_off, wanted, turn, is_own=_acted_last(connection, item, actor, opener.action))


def make_signature(
    sign_off: CompiledSignOff, wanted: Sequence[tuple[Slot, Capacity]], turn: Collection[int], *, is_own: bool
) -> Offer:
    """Return the signature as it is offered; `wanted` are slots with the caller's posts, `turn` the numbers now due."""
    posts = dict.fromkeys(OfferedPost(c.post_id, c.department_id, sign_off.of.label) for _, c in wanted)
    code, refusal = None, None
    if is_own:
        code, refusal = OWN_SUBMISSION, OWN_SUBMISSION_SAID
    elif not any(slot.number in turn for slot, _ in wanted):
        code, refusal = "not_your_turn", Sentence("尚未轮到您签署。", "It is not your turn to sign yet.")
    return Offer(SIGN, sign_off.label, tuple(posts), _SIGN_FIELDS, is_grave=False, needs_version=False, code=code,
                 refusal=refusal)  # fmt: skip
