"""Delegations for whoever asks, by page or API: shown, offered, answered, ended; what a new one would mean."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from app.core.errors import ForbiddenError, NotFoundError, Sentence
from app.edge.auth import make_act, require_actor
from app.edge.context import Context, Unit
from app.policy.people import Actor, find_actor
from app.queries.personal.delegation import (
    WAITING_MAX,
    DelegationPage,
    DelegationRow,
    count_waiting,
    find_delegation,
    list_city,
    list_lendable,
    may_see_city,
)
from app.schemas.item import KINDS
from app.services.act import Act
from app.services.delegation.checking import NewDelegation
from app.services.delegation.making import (
    NO_DELEGATION,
    accept_delegation,
    decline_delegation,
    end_delegation,
    offer_delegation,
)
from workflows.roles import Capacity, Duty

_CITY_ONLY = Sentence(
    "全市代理情况由协调办、领导小组和审计人员查看。", "The office, leaders and auditors see who stands in for whom."
)
_OFFICE_ONLY = Sentence("代他人登记由协调办办理。", "The coordination office makes one for somebody else.")


@dataclass(frozen=True, slots=True)
class Preview:
    """What would wait for a substitute now: so many open items, `is_more` when there are more than counted."""

    waiting: int
    is_more: bool


def require_one(context: Context, unit: Unit, person_id: int, delegation_id: int) -> DelegationRow:
    """Return a delegation for whom it concerns; NotFoundError for anybody else."""
    actor = require_actor(unit, person_id)
    found = find_delegation(unit.connection(), actor, delegation_id, context.now())
    if found is None:
        raise NotFoundError(*NO_DELEGATION)
    return found


def show_city(context: Context, unit: Unit, person_id: int, *, limit: int, cursor: str | None) -> DelegationPage:
    """Return a page of who stands in for whom now and ahead; ForbiddenError for whom it is not open."""
    if not may_see_city(require_actor(unit, person_id)):
        raise ForbiddenError("not_yours", _CITY_ONLY)
    return list_city(unit.connection(), context.now(), limit=limit, cursor=cursor)


def find_principal(context: Context, unit: Unit, person_id: int, principal_id: int | None) -> Actor:
    """Return whose posts are to be lent: the caller's, or for the office anybody's.

    ForbiddenError for anybody else's; NotFoundError when there is no such active person.
    """
    now, today = context.now(), context.today()
    if principal_id is None or principal_id == person_id:
        return require_actor(unit, person_id)
    if not may_make_for_others(require_actor(unit, person_id)):
        raise ForbiddenError("not_yours", _OFFICE_ONLY)
    found = find_actor(unit.connection(), principal_id, today, now)
    if found is None or found.is_system:
        raise NotFoundError("没有这个人员。", "There is no such person.")
    return found


def may_make_for_others(actor: Actor) -> bool:
    """Whether a person may make a delegation for somebody who cannot: with an office post of their own."""
    return actor.only_own().has(Duty.OFFICE)


def preview(
    context: Context, unit: Unit, principal: Actor, *, posts: Collection[int] | None, kinds: Collection[str] | None
) -> Preview:
    """Return how much would wait for a substitute if it began now."""
    connection = unit.connection()
    machines = [context.book.current_machine(connection, kind) for kind in KINDS]
    count = count_waiting(connection, principal, machines, context.today(), posts=posts, kinds=kinds)
    return Preview(count, count >= WAITING_MAX)


def lendable(principal: Actor) -> tuple[Capacity, ...]:
    """Return the posts that a person could lend now."""
    return list_lendable(principal)


def offer(context: Context, person_id: int, given: NewDelegation, *, source: str) -> int:
    """Offer a delegation and return its id."""
    zone = context.settings.timezone
    return context.database.write(
        lambda unit: offer_delegation(_act(context, unit, person_id, given.principal_id, source), given, zone)
    )


def accept(context: Context, person_id: int, delegation_id: int, *, source: str) -> None:
    """Accept a delegation as its substitute."""
    zone = context.settings.timezone
    _write(context, person_id, source, lambda act: accept_delegation(act, delegation_id, zone))


def decline(context: Context, person_id: int, delegation_id: int, note: str | None, *, source: str) -> None:
    """Decline a delegation as its substitute."""
    _write(context, person_id, source, lambda act: decline_delegation(act, delegation_id, note))


def end(context: Context, person_id: int, delegation_id: int, note: str | None, *, source: str) -> None:
    """End a delegation with effect at once."""
    _write(context, person_id, source, lambda act: end_delegation(act, delegation_id, note))


def _write(context: Context, person_id: int, source: str, write: Callable[[Act], None]) -> None:
    context.database.write(lambda unit: write(_act(context, unit, person_id, person_id, source)))


def _act(context: Context, unit: Unit, person_id: int, principal_id: int, source: str) -> Act:
    role = "self" if person_id == principal_id else Duty.OFFICE.value
    return make_act(context, unit, person_id, role=role, source=source)
