"""What a caller may do with an item now: each step in its capacity, with what it asks; closed ones with their reason.

Shows what `transitions.perform` would decide at this moment, without locks: whoever then acts is judged anew.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache

from sqlalchemy.engine import Connection

from app.core.errors import Sentence
from app.policy.people import find_holders, name_people
from app.services import choices, facts
from app.services.choices import OfferedOption
from app.services.loading import load_for_actor
from app.services.offer import NOBODY, Offer, OfferedField, OfferedPost, Offers, is_own, offer_posts
from app.services.rulebook import Rulebook
from app.services.signing import rounds, signers
from app.services.signing.offers import Known, offer_moves
from app.services.signing.paper_offers import offer_papers
from app.services.signing.papers import list_scans
from app.services.signing.rounds import OpenRound
from app.services.submission import OWN_SUBMISSION, OWN_SUBMISSION_SAID, find_last_people, name_submitting
from app.services.transitions import day_start, list_departments_of, match_capacities
from workflows.facts import Facts
from workflows.fields import CHOICE_LABELS
from workflows.interpreter import CompiledStep, Machine
from workflows.words import Text


def list_offers(connection: Connection, book: Rulebook, person_id: int, item_id: int, now: datetime) -> Offers:
    """Return what a person may do with an item now; NotFoundError when they may not read it."""
    today = now.astimezone(book.zone).date()
    item, actor = load_for_actor(connection, item_id, person_id, now, today, lock=False)
    if item.is_archived:
        return Offers(item.id, item.version, item.kind, item.state, ())
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
        terms=book.rules(connection, item.rule_set_id).terms, lock=False, machine=machine,
    )  # fmt: skip
    kinds = {ask.kind for step, _ in fitting for ask in step.asks}
    options = choices.find_options(connection, item, today, kinds, actor.readers)
    options["state"] = list_states(machine, found)
    open_ = rounds.read_round(connection, machine, item) if item.sign_off_id is not None else None
    last = cache(lambda actions: find_last_people(connection, item, actions))
    barred = [last(step.not_by) if step.not_by and not step.allows_own else NOBODY for step, _ in fitting]
    offers = [
        make_offer(step, offer_posts(pairs, people), found, options,
                   is_own=is_own([capacity for capacity, _ in pairs], people), open_=open_)
        for (step, pairs), people in zip(fitting, barred, strict=True)
    ]  # fmt: skip
    if open_ is not None:
        opener = next(step for step in machine.steps.values() if step.opens and step.opens.name == open_.name)
        people = last(name_submitting(opener))
        candidates = cache(lambda: signers.list_candidates(connection, today))
        known = Known(
            lambda slot: find_holders(connection, signers.list_departments_of(slot, item), today), people,
            candidates,
        )  # fmt: skip
        offers += offer_moves(item, actor, open_, known)
        offers += offer_papers(
            item, actor, open_, people, known.holders, lambda wanted: name_people(connection, wanted),
            candidates, lambda: list_scans(connection, item.id),
        )  # fmt: skip
    return Offers(item.id, item.version, item.kind, item.state, tuple(offers))


def list_states(machine: Machine, found: Facts) -> tuple[OfferedOption, ...]:
    """Return the earlier states to which an item may be returned, with their words."""
    return tuple(OfferedOption(name, machine.states[name].label) for name in found.earlier_states)


def make_offer(
    step: CompiledStep, posts: list[OfferedPost], found: Facts, options: Mapping[str, tuple[OfferedOption, ...]], *,
    is_own: bool, open_: OpenRound | None,
) -> Offer:  # fmt: skip
    """Return a step as it is offered in `posts`; `is_own`: the caller took the step that this one must not follow.

    `open_` is the round of signatures that runs on the item.
    """
    fields = tuple(
        OfferedField(
            ask.name,
            ask.kind,
            ask.label,
            ask.required or (ask.required_if is not None and ask.required_if.holds(found)),
            options.get(ask.kind) or _list_choices(ask.choices),
        )
        for ask in step.asks
    )
    code, refusal = _find_refusal(step, found, is_own=is_own)
    held = open_.find_refusal(step.action) if refusal is None and open_ is not None else None
    if held is not None:
        code, refusal = held
    return Offer(step.action, step.label, tuple(posts), fields, step.is_grave, needs_version=True, code=code,
                 refusal=refusal)  # fmt: skip


@lru_cache(maxsize=200)  # the tables' own: an inbox offers a few hundred steps at once
def _list_choices(choices: tuple[str, ...]) -> tuple[OfferedOption, ...]:
    return tuple(OfferedOption(name, CHOICE_LABELS.get(name, Text(name, name))) for name in choices)


def _find_refusal(step: CompiledStep, found: Facts, *, is_own: bool) -> tuple[str | None, Sentence | None]:
    if is_own:
        return OWN_SUBMISSION, OWN_SUBMISSION_SAID
    for guard in step.only_if:
        if not guard.holds(found):
            return guard.code, Sentence(guard.says.zh, guard.says.en)
    return None, None
